package compat_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// A sight is what a handler saw of one request, as far as it has come.
type sight struct {
	request string  // all there is to see before the body is read
	causes  *causes // gets the texts of errors

	mu    sync.Mutex // guards what follows: a handler may be waiting when it is looked at
	body  []byte
	notes []string
	ended bool
}

// see looks at r as it is when the handler is called.
func see(r *http.Request) *sight {
	u := *r.URL
	user := u.User.String()
	u.User = nil
	_, server := r.Context().Value(http.ServerContextKey).(*http.Server)
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return &sight{request: strings.Join([]string{
		fmt.Sprintf("request %q %q %q %d %d", r.Method, r.RequestURI, r.Proto, r.ProtoMajor, r.ProtoMinor),
		fmt.Sprintf("    url: %#v %q", u, user),
		fmt.Sprintf("    host: %q", r.Host),
		fmt.Sprintf("    header: %#v", r.Header),
		fmt.Sprintf("    framing: %d %#v, close %t, no body %t", r.ContentLength, r.TransferEncoding, r.Close, r.Body == http.NoBody),
		fmt.Sprintf("    trailer: %#v", r.Trailer),
		fmt.Sprintf("    peer: %q, TLS %t, server %t, local %v", r.RemoteAddr, r.TLS != nil, server, local),
	}, "\n")}
}

// note adds a line.
func (s *sight) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

// read reads up to n bytes of r's body, up to its end if n is negative, and notes
// how that ended.
func (s *sight) read(r *http.Request, n int) {
	buf := make([]byte, 512)
	for total := 0; n < 0 || total < n; {
		p := buf
		if n >= 0 {
			p = p[:min(len(p), n-total)]
		}
		m, err := r.Body.Read(p)
		total += m
		s.mu.Lock()
		s.body = append(s.body, p[:m]...)
		s.mu.Unlock()
		if err == io.EOF {
			s.note("body ended, trailer %#v", r.Trailer)
			return
		}
		if err != nil {
			s.fail("body", err)
			return
		}
	}
}

// fail notes err by its class, and its text as a cause.
func (s *sight) fail(what string, err error) {
	s.note("%s failed: %s", what, bodyErrorClass(err))
	s.causes.add(err.Error())
}

// end says that the handler has returned.
func (s *sight) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
}

func (s *sight) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := []string{s.request}
	if s.ended { // before, what was read depends on how much a Read waits for
		lines = append(lines, "    read: "+abridged(s.body))
	}
	for _, note := range s.notes {
		lines = append(lines, "    "+note)
	}
	if !s.ended {
		lines = append(lines, "    waiting")
	}
	return strings.Join(lines, "\n")
}

// malformed is the class of errors that say that a body is not framed as it must.
const malformed = "malformed"

// bodyErrorClass names the error of a read of a body by what a handler can make of
// it. The texts differ: the engine says which of its rules was broken.
func bodyErrorClass(err error) string {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errorClass(err)
	}
	for _, class := range errorClasses {
		if errors.Is(err, class.err) {
			return class.name
		}
	}
	if strings.Contains(err.Error(), io.ErrUnexpectedEOF.Error()) {
		return "unexpected EOF" // in a trailer, net/http has an error of its own
	}
	return malformed
}

// sightings are what the handler of one server saw, in order.
type sightings struct {
	mu   sync.Mutex
	list []*sight
}

func (l *sightings) add(s *sight) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, s)
}

func (l *sightings) strings() []string {
	l.mu.Lock()
	list := slices.Clone(l.list)
	l.mu.Unlock()
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = s.String()
	}
	return texts
}

// causes are why the engine refused requests and bodies, in order.
type causes struct {
	mu   sync.Mutex
	list []string
}

func (l *causes) add(cause string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, cause)
}

func (l *causes) strings() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

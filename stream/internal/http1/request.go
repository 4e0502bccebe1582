package http1

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// ReadRequest reads the head of one request from br and stops right behind it: what
// follows the empty line stays in br. It does not matter how the bytes arrive, nor
// whether br's buffer is smaller than the head.
//
// The request is the one net/http's server would hand to a handler, but for
// RemoteAddr, TLS and the context, which are the caller's, and Body, which is
// [http.NoBody] until the caller sets it (see [NewBody]). Expect stays in the
// header: answering it is the caller's. What net/http's server refuses is refused
// with the same status, and these besides, all with 400 where nothing else is said:
//
//   - Content-Length beside Transfer-Encoding, Transfer-Encoding before HTTP/1.1
//     (RFC 9112, 6.1 and 6.3)
//   - more than one Content-Length, equal or not (RFC 9112, 6.3)
//   - obs-fold (RFC 9112, 5.2)
//   - a Host that is no uri-host [":" port], or none on a CONNECT (RFC 9112, 3.2)
//   - in the target: userinfo, an http URI without host, a CONNECT without port
//     (RFC 9110, 4.2.1, 4.2.4, 9.3.6)
//   - framing and routing fields announced as trailers (RFC 9110, 6.5.1)
//   - the HTTP/2 preface: 505
//
// Up to four bytes of empty lines before the request line are skipped, where
// net/http does so only after a POST (RFC 9112, 2.2). A bare LF ends a line as well
// as CRLF does; a bare CR is refused.
//
// The error is bare, [io.EOF] or whatever br returned, if not one byte of a request
// had arrived. Everything later is an *[Error]: 408 for a time-out of the
// connection, 400 with [io.ErrUnexpectedEOF] for a head that was cut off.
//
// The strings of the request share one copy of the head; whoever keeps a single
// value for long should clone it. lim is not kept.
func ReadRequest(br *bufio.Reader, lim *Limits) (*http.Request, error) {
	in := new(Incoming)
	if _, err := in.Read(context.Background(), br, lim, new(Memo), false); err != nil {
		return nil, err
	}
	return &in.Request, nil
}

// inlineValues is how many header values are allocated along with the request. See
// TestSizeOfRequest.
const inlineValues = 2

// mapSlots is how many entries any map has room for.
const mapSlots = 8

// An Incoming is the memory of one request, all that a common one needs, so that it
// can be allocated along with what serves the request.
type Incoming struct {
	Request http.Request
	url     url.URL
	values  [inlineValues]string
}

// Traits are what every server asks of every request, one bit each.
type Traits uint8

const (
	expects  Traits = 1 << iota // there is such a field
	upgrades                    // likewise
	closes                      // Connection has the client want it
	keeps                       // likewise
)

// Expect reports whether there is an Expect field.
func (t Traits) Expect() bool { return t&expects != 0 }

// Upgrade reports whether there is an Upgrade field.
func (t Traits) Upgrade() bool { return t&upgrades != 0 }

// TraitsOf returns the traits of r. net/http's server looks at the first line of
// Connection only, RFC 9112, section 9.3, at all of them: the connection ends if either
// finds close, which goes before keep-alive.
func TraitsOf(r *http.Request) (t Traits) {
	if _, ok := r.Header["Expect"]; ok {
		t |= expects
	}
	if _, ok := r.Header["Upgrade"]; ok {
		t |= upgrades
	}
	if connection := r.Header["Connection"]; len(connection) > 0 {
		switch {
		case HasToken(connection[0], "close") || httpguts.HeaderValuesContainsToken(connection, "close"):
			t |= closes
		case HasToken(connection[0], "keep-alive"):
			t |= keeps
		}
	}
	return t
}

var blank http.Request

// Read is [ReadRequest] into in, which must be zero, with ctx as the request's context.
// memo is that of the connection br reads from, and matched what its Match has said.
func (in *Incoming) Read(ctx context.Context, br *bufio.Reader, lim *Limits, memo *Memo, matched bool) (Traits, error) {
	switch {
	case !matched:
		s := newHeadScanner(lim)
		head, err := gather(br, &s)
		if err != nil {
			return 0, headError(err, &s)
		}
		memo.keep(string(head[s.begin:]), s.fields)
	case memo.means != nil:
		in.recall(ctx, memo.means)
		return memo.means.traits, nil
	}
	in.Request = *blank.WithContext(ctx) // the only way to the context of a request; the copy stays on the stack
	bad := in.build(memo)
	traits := TraitsOf(&in.Request)
	if bad == nil && memo.again {
		memo.learn(&in.Request, traits)
	}
	memo.trim()
	if bad != nil {
		return 0, bad
	}
	return traits, nil
}

// recall makes the request of a head that is known.
func (in *Incoming) recall(ctx context.Context, m *meaning) {
	r := &in.Request
	*r = *m.request.WithContext(ctx)
	in.url = m.url
	r.URL = &in.url
	if len(m.fields) > mapSlots {
		r.Header = make(http.Header, len(m.fields))
	} else {
		r.Header = make(http.Header) // cheaper, and as large
	}
	values := in.values[:]
	for i, f := range m.fields {
		if m.repeats {
			values = in.add(f, values, len(m.fields)-i)
			continue
		}
		if len(values) == 0 {
			values = make([]string, len(m.fields)-i)
		}
		values[0] = f.value
		r.Header[f.name] = values[:1:1]
		values = values[1:]
	}
}

// add puts f into the header, its value into values, and returns what is left of these. more
// is how many fields there are from f on.
func (in *Incoming) add(f fieldLine, values []string, more int) (rest []string) {
	h := in.Request.Header
	if vv, ok := h[f.name]; ok {
		h[f.name] = append(vv, f.value)
		return values
	}
	if len(values) == 0 {
		values = make([]string, more)
	}
	values[0] = f.value
	h[f.name] = values[:1:1] // an append moves it, never over the neighbour
	return values[1:]
}

// HeadBuffered reports whether a whole further head lies in br's buffer already, so
// that ReadRequest will not wait for the peer. It reads nothing.
func HeadBuffered(br *bufio.Reader) bool {
	n := br.Buffered()
	if n == 0 {
		return false
	}
	buf, _ := br.Peek(n)
	if len(buf) > 4 && buf[0] > '\r' && string(buf[len(buf)-4:]) == "\r\n\r\n" {
		return true // without a look at each line
	}
	for started := false; ; {
		i := bytes.IndexByte(buf, '\n')
		if i < 0 {
			return false
		}
		if empty := i == 0 || i == 1 && buf[0] == '\r'; !empty {
			started = true
		} else if started {
			return true
		}
		buf = buf[i+1:]
	}
}

// headError turns an error of gather into one of ReadRequest.
func headError(err error, s *headScanner) error {
	if refused, ok := err.(*Error); ok {
		return refused
	}
	if !s.started && s.at == s.begin {
		return err // at most empty lines had arrived
	}
	var timeout net.Error
	switch {
	case err == io.EOF:
		return badRequest(s.op(), io.ErrUnexpectedEOF)
	case errors.As(err, &timeout) && timeout.Timeout():
		return &Error{Op: s.op(), Status: http.StatusRequestTimeout, Err: err}
	}
	return badRequest(s.op(), err)
}

// build makes the request of the head in memo, which the scanner has found well formed
// and in bounds.
func (in *Incoming) build(memo *Memo) *Error {
	r := &in.Request
	line, rest := cutLine(memo.head)
	var target, proto string
	r.Method, line, _ = strings.Cut(line, " ")
	target, proto, _ = strings.Cut(line, " ")
	r.Proto = proto
	r.ProtoMajor, r.ProtoMinor = int(proto[5]-'0'), int(proto[7]-'0')
	r.Body = http.NoBody
	if err := setTarget(r, &in.url, target); err != nil {
		return err
	}

	values := in.values[:]
	r.Header = make(http.Header, memo.lines)
	var special framing
	for i := range memo.lines {
		var f fieldLine
		if f, rest = cutField(rest); special.take(f.name, f.value) {
			continue
		}
		values = in.add(f, values, memo.lines-i)
	}
	return special.apply(r)
}

// cutLine splits off the first line, without its end.
func cutLine(s string) (line, rest string) {
	line, rest, _ = strings.Cut(s, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

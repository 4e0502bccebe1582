package compat_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// patience bounds every wait of the harness. Nothing that works takes as long.
const patience = 4 * time.Second

// notes is what the handlers of one run observed, in their order. All methods
// may be called from any goroutine.
type notes struct {
	mu      sync.Mutex
	lines   []string
	gates   map[string]chan struct{}
	idle    *sync.Cond
	running int

	patience time.Duration
	seen     []string // what the client saw, once the run is over

	gated  bool         // whether the client opens gates; otherwise wait returns at once
	peer   string       // the client's address, "" where there is none to know
	local  string       // the server's address, "" where there is none to know
	server *http.Server // nil for the recorder
}

func newNotes(gated bool) *notes {
	n := &notes{gates: map[string]chan struct{}{}, gated: gated, patience: patience}
	n.idle = sync.NewCond(&n.mu)
	return n
}

// add appends a line.
func (n *notes) add(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
}

// err appends the class of an error.
func (n *notes) err(what string, err error) { n.add("%s: %s", what, errorClass(err)) }

// count appends the result of a Read, Write or Copy.
func (n *notes) count(what string, c int64, err error) {
	n.add("%s: %d, %s", what, c, errorClass(err))
}

// write writes s and notes the result.
func (n *notes) write(w io.Writer, s string) {
	c, err := io.WriteString(w, s)
	n.count("write", int64(c), err)
}

// readAll reads all of r and notes what there was.
func (n *notes) readAll(what string, r io.Reader) {
	p, err := io.ReadAll(r)
	n.add("%s: %s, %s", what, abridged(p), errorClass(err))
}

// list returns the lines so far.
func (n *notes) list() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.lines)
}

// open lets those go on who wait for the gate.
func (n *notes) open(gate string) { close(n.gate(gate)) }

// wait blocks until the gate is open, and notes if it never is.
func (n *notes) wait(gate string) {
	if !n.gated {
		return
	}
	select {
	case <-n.gate(gate):
	case <-time.After(n.patience):
		n.add("nobody opened the gate %q", gate)
	}
}

// ended waits for the end of ctx and notes its error. It gives up before the
// client does.
func (n *notes) ended(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(n.patience / 2):
	}
	n.err("context", ctx.Err())
}

func (n *notes) gate(name string) chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.gates[name] == nil {
		n.gates[name] = make(chan struct{})
	}
	return n.gates[name]
}

// enter notes what any handler can see of its request.
func (n *notes) enter(_ http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	n.running++
	n.mu.Unlock()
	n.add("%s", describeRequest(r, n))
}

// leave says that a handler has returned or panicked.
func (n *notes) leave() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.running--
	n.idle.Broadcast()
}

// start runs f on a goroutine that belongs to the run.
func (n *notes) start(f func()) {
	n.mu.Lock()
	n.running++
	n.mu.Unlock()
	go func() {
		defer n.leave()
		f()
	}()
}

// settle waits until no handler runs any more, and notes if one does.
func (n *notes) settle() {
	var late bool
	timer := time.AfterFunc(n.patience, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		late = true
		n.idle.Broadcast()
	})
	defer timer.Stop()
	n.mu.Lock()
	defer n.mu.Unlock()
	for n.running > 0 && !late {
		n.idle.Wait()
	}
	if n.running > 0 {
		n.lines = append(n.lines, "a handler never ended")
	}
}

// describeRequest returns what any handler can see of r, in one line.
func describeRequest(r *http.Request, n *notes) string {
	var header []string
	for name, values := range r.Header {
		header = append(header, fmt.Sprintf("%s=%q", name, values))
	}
	slices.Sort(header)
	var trailer []string
	for name, values := range r.Trailer {
		trailer = append(trailer, fmt.Sprintf("%s=%q", name, values))
	}
	slices.Sort(trailer)
	server, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return strings.Join([]string{
		fmt.Sprintf("request %q %q %q", r.Method, r.RequestURI, r.Proto),
		fmt.Sprintf("version %d.%d", r.ProtoMajor, r.ProtoMinor),
		fmt.Sprintf("host %q url %q path %q raw %q query %q", r.Host, r.URL, r.URL.Path, r.URL.RawPath, r.URL.RawQuery),
		fmt.Sprintf("length %d te %q close %t", r.ContentLength, r.TransferEncoding, r.Close),
		fmt.Sprintf("header %s trailer(nil %t) %s", header, r.Trailer == nil, trailer),
		fmt.Sprintf("body nil %t none %t", r.Body == nil, r.Body == http.NoBody),
		fmt.Sprintf("tls %t pattern %q", r.TLS != nil, r.Pattern),
		fmt.Sprintf("form nil %t %t %t", r.Form == nil, r.PostForm == nil, r.MultipartForm == nil),
		fmt.Sprintf("remote %t", n.peer == "" || r.RemoteAddr == n.peer),
		fmt.Sprintf("local %t", n.local == "" || local != nil && local.String() == n.local),
		fmt.Sprintf("server %t", server == n.server),
		fmt.Sprintf("context %s", errorClass(r.Context().Err())),
	}, "; ")
}

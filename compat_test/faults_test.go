package compat_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A fault is a way for a wrapper to be wrong, and a case that must show it.
type fault struct {
	name  string
	shown string // the case
	wrap  func(next http.Handler) http.Handler
	line  string // begins a line that one outcome has and the other has not
}

// TestHarnessSeesFaults puts wrappers with one fault each in the place of
// onramp: the table is worth nothing if it passes them.
func TestHarnessSeesFaults(t *testing.T) {
	t.Parallel()
	cases := map[string]handlerCase{}
	for _, hc := range table() {
		require.NotContains(t, cases, hc.name, "two cases of one name")
		cases[hc.name] = hc
	}
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, cases, f.shown)
			hc := cases[f.shown]
			faulty := carrier{
				name:  f.name,
				mount: func(_ *handlerCase, next http.Handler) mounted { return bareMount(f.wrap(next)) },
				// A fault may keep the harness waiting in vain.
				patience: patience / 8,
			}
			want, got := runHTTP1(t, &hc, bare, "second"), runHTTP1(t, &hc, faulty, "second")
			assert.NotEqual(t, want, got)
			assert.NotEqual(t, linesThatBegin(want, f.line), linesThatBegin(got, f.line),
				"the fault shows, but elsewhere:\n%s\n%s", want, got)
		})
	}
}

// linesThatBegin returns the lines of an outcome that begin with prefix.
func linesThatBegin(outcome, prefix string) []string {
	var lines []string
	for line := range strings.SplitSeq(outcome, "\n") {
		if strings.HasPrefix(line, prefix) {
			lines = append(lines, line)
		}
	}
	return lines
}

// faults are what can go wrong between a server and a handler.
func faults() []fault {
	return []fault{
		{"a field is dropped", "header/duplicates", onHead(func(h http.Header) { h.Del("X-Dup") }), "client:     X-Dup"},
		{"a duplicate is dropped", "header/duplicates", onHead(func(h http.Header) { h["X-Dup"] = h["X-Dup"][:2] }), "client:     X-Dup"},
		{"a field is added", "body/short", onHead(func(h http.Header) { h.Set("Via", "1.1 onramp") }), "client:     Via"},
		{"the type is guessed though it is nil", "sniff/type is nil", onHead(func(h http.Header) { h.Del("Content-Type") }), "client:     Content-Type"},
		{"the connection is closed", "body/short", onHead(func(h http.Header) { h.Set("Connection", "close") }), "client: end"},
		{"a status is changed", "status/418", asWriter(func(w http.ResponseWriter) http.ResponseWriter { return &statusFault{w} }), "client: HTTP/1.1"},
		{"chunks become a length", "streaming/flush and no more", collected, "client:     framing"},
		{"a trailer is swallowed", "trailer/declared", withoutTrailers, "client:     Sum"},
		{"a flush is swallowed", "streaming/a chunk for every flush", plainWriter, "client:     chunks"},
		{"early hints are swallowed", "informational/early hints arrive early", asWriter(func(w http.ResponseWriter) http.ResponseWriter { return &hintFault{w} }), "client: HTTP/1.1 103"},
		{"Hijack is hidden", "hijack/raw reply through the buffer", plainWriter, "handler: hijack"},
		{"a capability is hidden", "body/capabilities of the writer", plainWriter, "handler: capabilities"},
		{"a byte is lost", "body/one megabyte", asWriter(func(w http.ResponseWriter) http.ResponseWriter { return &byteFault{w} }), "client:     body"},
		{"the body is read ahead", "expect/unread", readAhead, "client: HTTP/1.1 100"},
		{"the host is changed", "body/short", onRequest(func(r *http.Request) { r.Host = "elsewhere" }), "handler: request"},
		{"the request is a deep copy", "request body/chunked with trailers", cloned, "handler: trailer"},
		{"a panic is swallowed", "panic/before anything", recovered, "log: panic serving"},
		{"an abort is logged", "abort/before anything", relabelled, "log: panic serving"},
		{"a second status is hidden", "status/twice", asWriter(func(w http.ResponseWriter) http.ResponseWriter { return &onceFault{ResponseWriter: w} }), "log: superfluous"},
		{"the context lives on", "context/ends when the client leaves a stream", withContext(context.WithoutCancel), "handler: context"},
		{"the server is not in the context", "context/values of the server", withContext(func(context.Context) context.Context { return context.Background() }), "handler: server"},
	}
}

// onHead changes the header just before it is committed.
func onHead(change func(http.Header)) func(http.Handler) http.Handler {
	return asWriter(func(w http.ResponseWriter) http.ResponseWriter { return &headFault{w, change} })
}

func asWriter(wrap func(http.ResponseWriter) http.ResponseWriter) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != warmPath && r.URL.Path != probePath {
				w = wrap(w)
			}
			next.ServeHTTP(w, r)
		})
	}
}

func onRequest(change func(*http.Request)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			change(r)
			next.ServeHTTP(w, r)
		})
	}
}

func withContext(change func(context.Context) context.Context) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(change(r.Context())))
		})
	}
}

// cloned hands on a deep copy, whose trailer nobody fills.
func cloned(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r.Clone(r.Context())) })
}

// plainWriter hides everything but the three methods.
var plainWriter = asWriter(func(w http.ResponseWriter) http.ResponseWriter { return struct{ http.ResponseWriter }{w} })

type headFault struct {
	http.ResponseWriter
	change func(http.Header)
}

func (f *headFault) Write(p []byte) (int, error) {
	f.change(f.Header())
	return f.ResponseWriter.Write(p)
}

type statusFault struct{ http.ResponseWriter }

func (f *statusFault) WriteHeader(int) { f.ResponseWriter.WriteHeader(http.StatusOK) }

type hintFault struct{ http.ResponseWriter }

func (f *hintFault) WriteHeader(code int) {
	if code >= 200 {
		f.ResponseWriter.WriteHeader(code)
	}
}

type onceFault struct {
	http.ResponseWriter
	done bool
}

func (f *onceFault) WriteHeader(code int) {
	if !f.done {
		f.done = true
		f.ResponseWriter.WriteHeader(code)
	}
}

type byteFault struct{ http.ResponseWriter }

func (f *byteFault) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p[:len(p)-1])
	return n + 1, err
}

// collected sends the body in one piece once the handler is done.
func collected(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		next.ServeHTTP(&collector{w, &body}, r)
		w.Write(body.Bytes())
	})
}

type collector struct {
	http.ResponseWriter
	body io.Writer
}

func (c *collector) Write(p []byte) (int, error) { return c.body.Write(p) }
func (c *collector) FlushError() error           { return nil }

// withoutTrailers takes back what was declared.
func withoutTrailers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		w.Header().Del("Sum")
	})
}

// readAhead reads the body before the handler asks for it.
func readAhead(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(p))
		next.ServeHTTP(w, r)
	})
}

// recovered keeps panics from the server.
func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { _ = recover() }()
		next.ServeHTTP(w, r)
	})
}

// relabelled panics with a value of its own.
func relabelled(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				panic("relabelled")
			}
		}()
		next.ServeHTTP(w, r)
	})
}

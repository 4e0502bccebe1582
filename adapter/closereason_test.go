package adapter_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
)

var errRevoked = errors.New("revoked")

// endings are what closes a connection whose first request was answered.
func endings() map[stream.CloseReason]map[string]func(p *streamtest.Client) {
	ask := func(path string, fields ...string) func(p *streamtest.Client) {
		return func(p *streamtest.Client) {
			p.Send("GET " + path + " HTTP/1.1\r\nHost: a\r\n")
			for _, f := range fields {
				p.Send(f + "\r\n")
			}
			p.Send("\r\n")
			_, _ = p.Rest()
		}
	}
	return map[stream.CloseReason]map[string]func(p *streamtest.Client){
		stream.ClosedComplete:   {"the client asks for it": ask("/", "Connection: close"), "the handler does": ask("/close"), "a hook does": ask("/closed")},
		stream.ClosedByClient:   {"FIN": (*streamtest.Client).Close, "RST": (*streamtest.Client).Reset, "while it is served": func(p *streamtest.Client) { p.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").Reset() }},
		stream.ClosedIdle:       {"no request": func(p *streamtest.Client) { p.WantEnd() }},
		stream.ClosedSlowReader: {"nothing is read": func(p *streamtest.Client) { p.Send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n") }},
		stream.ClosedRefused:    {"no HTTP": ask("no path"), "half a head": func(p *streamtest.Client) { _, _ = p.Send("GET / HT").Rest() }},
		stream.ClosedPanic:      {"of a handler": ask("/panic")},
		stream.ClosedAborted:    {"by the handler": ask("/abort"), "by a package": ask("/cut")},
		stream.ClosedHijacked:   {"by the handler": ask("/hijack")},
	}
}

// leavingService serves the paths of endings.
func leavingService() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", text("hello"))
	mux.HandleFunc("/close", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") })
	mux.Handle("/closed", hooksClose())
	mux.HandleFunc("/wait", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		for p := make([]byte, 1<<20); ; {
			if _, err := w.Write(p); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("oh") })
	mux.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.Handle("/cut", adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
		must("send", s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")), nil)
		c.Exchange().Cut(errRevoked)
		return hooks.Reject
	})))
	mux.HandleFunc("/hijack", func(w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_, _ = io.WriteString(conn, "bye")
			_ = conn.Close()
		}
	})
	return mux
}

func hooksClose() http.Handler {
	return adapter.Handler(hooks.Close(hook(answers["staged"])))
}

// TestCloseReason: an Observer learns why a connection is closed.
func TestCloseReason(t *testing.T) {
	for reason, ways := range endings() {
		for name, end := range ways {
			for _, m := range mounts() {
				if m.mode != adapter.Eager {
					continue // the connection is net/http's, or the request's that takes it over
				}
				t.Run(string(reason)+"/"+name+"/"+m.name, func(t *testing.T) {
					t.Parallel()
					inTime(t, func(t *testing.T, opts *streamtest.Options, unit time.Duration) {
						// Short is what ends the connection, and nothing else.
						write, idle, head := time.Hour, time.Hour, time.Hour
						switch {
						case reason == stream.ClosedSlowReader:
							write = unit
						case reason == stream.ClosedIdle:
							idle = 2 * unit
						case name == "half a head":
							head = unit
						}
						inGoodTime(t, opts, func() (late bool) {
							l := newLedger()
							p := serveOver(t, m.with(t, leavingService(), adapter.Options{Observer: l, WriteTimeout: write}),
								&http.Server{IdleTimeout: idle, ReadHeaderTimeout: head}, opts).Dial()
							if !answered(p, "/") {
								return true
							}
							end(p)
							l.settled(t)
							l.mu.Lock()
							defer l.mu.Unlock()
							if assert.Len(t, l.conns, 1) {
								got := l.conns[0]
								assert.Equal(t, reason, got.Reason, "%+v", got)
								if name == "by a package" {
									assert.ErrorIs(t, got.Err, errRevoked)
								}
							}
							return false
						})
					})
				})
			}
		}
	}
}

// TestCloseReasonOfShutdown: what is idle is closed, and what is busy behind its answer.
func TestCloseReasonOfShutdown(t *testing.T) {
	t.Parallel()
	l := newLedger()
	goOn, begun := make(chan struct{}), make(chan struct{}, 1)
	srv := &adapter.Server{Handler: busyService(goOn, begun), Options: &adapter.Options{Observer: l}}
	s := start(t, srv, false)
	s.Dial().Get("/")
	s.Dial().Send("GET /busy/written HTTP/1.1\r\nHost: a\r\n\r\n")
	receive(t, begun, "the handler")
	done := make(chan error, 1)
	go func() { done <- srv.Shutdown(t.Context()) }()
	l.until(t, "the idle one", func() bool { return len(l.conns) == 1 })
	close(goOn)
	assert.NoError(t, receive(t, done, "Shutdown"))
	l.settled(t)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		assert.Equal(t, stream.ClosedShutdown, c.Reason, "%+v", c)
	}
}

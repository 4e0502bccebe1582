package adapter_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
)

const short = 100 * time.Millisecond

// TestReadTimeouts: a client that stops in the middle of a request does not hold its
// connection or its handler.
func TestReadTimeouts(t *testing.T) {
	configs := map[string]struct {
		server time.Duration
		opts   adapter.Options
	}{
		"ReadTimeout":   {server: short},
		"RequestConfig": {opts: adapter.Options{Request: stream.RequestConfig{ReadTimeout: short}}},
	}
	posts := map[string]func(s *stream.Stream, c *stream.Context) hooks.Status{
		"read": func(s *stream.Stream, c *stream.Context) hooks.Status {
			if _, err := io.ReadAll(c.Request().Body); err == nil {
				panic("the body is whole")
			}
			return hooks.Reject
		},
		"taken over, watched, read": func(s *stream.Stream, c *stream.Context) hooks.Status {
			_, _ = s.NetConn()
			select { // the watch is on by then
			case <-c.Request().Context().Done():
			case <-time.After(30 * time.Millisecond):
			}
			if _, err := io.ReadAll(c.Request().Body); err == nil {
				panic("the body is whole")
			}
			return hooks.Reject
		},
		"not read":       answers["staged"],
		"not read, sent": answers["sent"],
	}
	for config, cfg := range configs {
		for _, m := range mounts() {
			if m.bare && config == "RequestConfig" {
				continue
			}
			for post, h := range posts {
				for _, second := range []bool{false, true} {
					t.Run(fmt.Sprint(config, "/", m.name, "/", post, "/second ", second), func(t *testing.T) {
						t.Parallel()
						mux := http.NewServeMux()
						mux.Handle("/", adapter.Handler(hook(answers["sent"])))
						mux.Handle("/post", adapter.Handler(hook(h)))
						srv := &http.Server{ReadTimeout: cfg.server}
						s := serve(t, m.with(t, mux, cfg.opts), srv)
						p := s.Dial()
						if second {
							inGoodTime(t, &streamtest.Options{TCP: true}, func() (late bool) {
								p = s.Dial()
								return !answered(p, "/")
							})
						}
						p.Send("POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
						_, _ = p.Rest() // an answer or none: but an end
					})
				}
			}
		}
	}
}

// TestHeadTimeouts: on a connection that was taken over, as on any.
func TestHeadTimeouts(t *testing.T) {
	for _, tt := range []struct {
		name   string
		set    func(srv *http.Server, opts *adapter.Options, d time.Duration)
		sends  string
		status int // 0: no answer
	}{
		{"ReadHeaderTimeout", func(srv *http.Server, _ *adapter.Options, d time.Duration) { srv.ReadHeaderTimeout = d }, "GET / HT", 408},
		{"ReadTimeout", func(srv *http.Server, _ *adapter.Options, d time.Duration) { srv.ReadTimeout = d }, "GET / HTTP/1.1\r\nHo", 408},
		{"HeaderTimeout", func(_ *http.Server, opts *adapter.Options, d time.Duration) { opts.HeaderTimeout = d }, "G", 408},
		{"RequestConfig", func(_ *http.Server, opts *adapter.Options, d time.Duration) { opts.Request.ReadTimeout = d }, "GET / HTTP/1.1\r\n", 408},
		{"IdleTimeout of the server", func(srv *http.Server, _ *adapter.Options, d time.Duration) { srv.IdleTimeout = d }, "", 0},
		{"ReadTimeout idle", func(srv *http.Server, _ *adapter.Options, d time.Duration) { srv.ReadTimeout = d }, "", 0},
		{"IdleTimeout", func(_ *http.Server, opts *adapter.Options, d time.Duration) { opts.IdleTimeout = d }, "", 0},
	} {
		for _, mode := range []adapter.Takeover{adapter.OnDemand, adapter.Eager} {
			t.Run(fmt.Sprint(tt.name, " mode ", mode), func(t *testing.T) {
				t.Parallel()
				inTime(t, func(t *testing.T, net *streamtest.Options, unit time.Duration) {
					srv, opts := new(http.Server), &adapter.Options{Takeover: mode}
					tt.set(srv, opts, unit)
					h := adapt(t, opts).Wrap(adapter.Handler(hook(answers["sent"])))
					s := serveOver(t, h, srv, net)
					inGoodTime(t, net, func() (late bool) {
						p := s.Dial()
						for range 2 {
							if !answered(p, "/") {
								return true
							}
						}
						start := time.Now()
						for i := range tt.sends {
							_, _ = io.WriteString(p.Conn(), tt.sends[i:i+1])
						}
						if tt.status != 0 {
							got, err := p.Next("GET")
							if err != nil {
								return true
							}
							assert.Equal(t, tt.status, got.StatusCode)
							assert.True(t, got.Close)
						}
						p.WantEnd()
						if net == nil {
							assert.Equal(t, unit, time.Since(start))
						}
						return false
					})
				})
			})
		}
	}
}

// TestWriteTimeoutOfHandlers: an ordinary handler is held to the server's WriteTimeout,
// however fast its client reads.
func TestWriteTimeoutOfHandlers(t *testing.T) {
	for _, second := range []bool{false, true} {
		for _, whole := range []bool{false, true} {
			t.Run(fmt.Sprint("second ", second, " one Write ", whole), func(t *testing.T) {
				t.Parallel()
				result := make(chan error, 1)
				mux := http.NewServeMux()
				mux.HandleFunc("/", text("legacy"))
				mux.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) {
					big := make([]byte, 256<<20)
					if whole {
						_, err := w.Write(big)
						result <- err
						return
					}
					var err error
					for len(big) > 0 && err == nil {
						_, err = w.Write(big[:64<<10])
						big = big[64<<10:]
					}
					result <- err
				})
				h := adapt(t, &adapter.Options{Takeover: adapter.Eager}).Wrap(mux)
				s := serve(t, h, &http.Server{WriteTimeout: 5 * short})
				p := s.Dial()
				if second {
					inGoodTime(t, &streamtest.Options{TCP: true}, func() (late bool) {
						p = s.Dial()
						return !answered(p, "/")
					})
				}
				p.Send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
				ended := make(chan struct{})
				go func() { // reads some in every WriteTimeout, for ever
					defer close(ended)
					for p := p; ; <-time.After(short) {
						if n, err := io.CopyN(io.Discard, p.Conn(), 300<<10); err != nil || n == 0 {
							return
						}
					}
				}()
				assert.Error(t, receive(t, result, "the handler"))
				p.Close()
				<-ended
			})
		}
	}
}

// TestStreamOutlivesWriteTimeout: the deadline of a stream is each write's.
func TestStreamOutlivesWriteTimeout(t *testing.T) {
	for _, m := range mounts() {
		for _, second := range []bool{false, true} {
			t.Run(fmt.Sprint(m.name, " second ", second), func(t *testing.T) {
				t.Parallel()
				inTime(t, func(t *testing.T, net *streamtest.Options, unit time.Duration) {
					mux := http.NewServeMux()
					mux.Handle("/", adapter.Handler(hook(answers["sent"])))
					mux.Handle("/stream", adapter.Handler(hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
						must("head", s.Send([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")), nil)
						for range 4 {
							time.Sleep(unit / 2)
							must("event", s.Send([]byte("5\r\nevent\r\n")), nil)
						}
						must("end", s.TrySend([]byte("0\r\n\r\n")), nil)
						return hooks.Continue
					})))
					p := serveOver(t, m.wrap(t, mux), &http.Server{WriteTimeout: unit}, net).Dial()
					if second {
						p.Get("/")
					}
					p.Send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
					assert.Equal(t, strings.Repeat("event", 4), p.Want("GET").Text)
					assert.Equal(t, "posted", p.Get("/").Text)
				})
			})
		}
	}
}

// TestDeadlineEndsWithItsRequest: a stream's write deadline is not the next request's.
func TestDeadlineEndsWithItsRequest(t *testing.T) {
	for _, m := range mounts() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			inTime(t, func(t *testing.T, net *streamtest.Options, unit time.Duration) {
				mux := http.NewServeMux()
				mux.Handle("/sent", adapter.Handler(hook(answers["sent"])))
				mux.HandleFunc("/legacy", text("legacy"))
				p := serveOver(t, m.with(t, mux, adapter.Options{WriteTimeout: unit}), nil, net).Dial()
				p.Get("/sent")
				time.Sleep(2 * unit) // the deadline has passed by then
				assert.Equal(t, "legacy", p.Get("/legacy").Text)
			})
		})
	}
}

package adapter_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// TestReadTimeouts: a client that stops in the middle of a request does not hold its
// connection or its handler.
func TestReadTimeouts(t *testing.T) {
	configs := map[string]func(d time.Duration) (*http.Server, adapter.Options){
		"ReadTimeout": func(d time.Duration) (*http.Server, adapter.Options) {
			return &http.Server{ReadTimeout: d}, adapter.Options{}
		},
		"RequestConfig": func(d time.Duration) (*http.Server, adapter.Options) {
			return nil, adapter.Options{Request: stream.RequestConfig{ReadTimeout: d}}
		},
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
					name := fmt.Sprint(config, "/", m.name, "/", post, "/second ", second)
					timed(t, name, post == "read" && second && config == "ReadTimeout", func(t *testing.T, on network, d time.Duration) {
						mux := http.NewServeMux()
						mux.Handle("/", adapter.Handler(hook(answers["sent"])))
						mux.Handle("/post", adapter.Handler(hook(h)))
						server, opts := cfg(d)
						p := dial(t, serveOn(t, on, m.with(t, mux, opts), server))
						if second {
							p.get("/")
						}
						p.send("POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
						_, err := io.ReadAll(p.br) // an answer or none: but an end
						assert.False(t, isTimeout(err), "the connection is still open")
					})
				}
			}
		}
	}
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// TestHeadTimeouts: on a connection that was taken over, as on any.
func TestHeadTimeouts(t *testing.T) {
	type row struct {
		header, read, idle time.Duration // of the server
		opts               adapter.Options
		sends              string
		status             int // 0: no answer
	}
	for name, of := range map[string]func(d time.Duration) row{
		"ReadHeaderTimeout": func(d time.Duration) row { return row{header: d, sends: "GET / HT", status: 408} },
		"ReadTimeout":       func(d time.Duration) row { return row{read: d, sends: "GET / HTTP/1.1\r\nHo", status: 408} },
		"HeaderTimeout": func(d time.Duration) row {
			return row{opts: adapter.Options{HeaderTimeout: d}, sends: "G", status: 408}
		},
		"RequestConfig": func(d time.Duration) row {
			return row{opts: adapter.Options{Request: stream.RequestConfig{ReadTimeout: d}}, sends: "GET / HTTP/1.1\r\n", status: 408}
		},
		"IdleTimeout of the server": func(d time.Duration) row { return row{idle: d} },
		"ReadTimeout idle":          func(d time.Duration) row { return row{read: d} },
		"IdleTimeout":               func(d time.Duration) row { return row{opts: adapter.Options{IdleTimeout: d}} },
	} {
		for _, mode := range []adapter.Takeover{adapter.OnDemand, adapter.Eager} {
			timed(t, fmt.Sprint(name, " mode ", mode), mode == adapter.Eager, func(t *testing.T, on network, d time.Duration) {
				tt := of(d)
				tt.opts.Takeover = mode
				h := adapt(t, &tt.opts).Wrap(adapter.Handler(hook(answers["sent"])))
				srv := &http.Server{ReadHeaderTimeout: tt.header, ReadTimeout: tt.read, IdleTimeout: tt.idle}
				p := dial(t, serveOn(t, on, h, srv))
				for range 2 {
					p.get("/")
				}
				since := time.Now()
				for _, c := range tt.sends {
					p.send(string(c))
				}
				if tt.status != 0 {
					got := p.want("GET")
					assert.Equal(t, tt.status, got.StatusCode)
					assert.True(t, got.Close)
				}
				p.ended()
				on.took(t, d, since)
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
				p := dial(t, serve(t, h, &http.Server{WriteTimeout: 5 * short}))
				if second {
					p.get("/")
				}
				p.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
				ended := make(chan struct{})
				go func() { // reads some in every WriteTimeout, for ever
					defer close(ended)
					for p := p; ; <-time.After(short) {
						if n, err := io.CopyN(io.Discard, p.conn, 300<<10); err != nil || n == 0 {
							return
						}
					}
				}()
				assert.Error(t, receive(t, result, "the handler"))
				_ = p.conn.Close()
				<-ended
			})
		}
	}
}

// TestStreamOutlivesWriteTimeout: the deadline of a stream is each write's.
func TestStreamOutlivesWriteTimeout(t *testing.T) {
	for _, m := range mounts() {
		for _, second := range []bool{false, true} {
			timed(t, fmt.Sprint(m.name, " second ", second), m.name == "Eager" && second, func(t *testing.T, on network, d time.Duration) {
				mux := http.NewServeMux()
				mux.Handle("/", adapter.Handler(hook(answers["sent"])))
				mux.Handle("/stream", adapter.Handler(hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
					must("head", s.Send([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")), nil)
					for range 6 {
						time.Sleep(d / 2)
						must("event", s.Send([]byte("5\r\nevent\r\n")), nil)
					}
					must("end", s.TrySend([]byte("0\r\n\r\n")), nil)
					return hooks.Continue
				})))
				p := dial(t, serveOn(t, on, m.wrap(t, mux), &http.Server{WriteTimeout: d}))
				if second {
					p.get("/")
				}
				p.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
				assert.Equal(t, strings.Repeat("event", 6), p.want("GET").text)
				assert.Equal(t, "posted", p.get("/").text)
			})
		}
	}
}

// TestDeadlineEndsWithItsRequest: a stream's write deadline is not the next request's.
func TestDeadlineEndsWithItsRequest(t *testing.T) {
	for _, m := range mounts() {
		timed(t, m.name, m.name == "Eager", func(t *testing.T, on network, d time.Duration) {
			mux := http.NewServeMux()
			mux.Handle("/sent", adapter.Handler(hook(answers["sent"])))
			mux.HandleFunc("/legacy", text("legacy"))
			p := dial(t, serveOn(t, on, m.with(t, mux, adapter.Options{WriteTimeout: d}), nil))
			p.get("/sent")
			time.Sleep(2 * d) // the deadline has passed by then
			assert.Equal(t, "legacy", p.get("/legacy").text)
		})
	}
}

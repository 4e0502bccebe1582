package middleware_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLimits: of one part of the tree, and no other.
func TestLimits(t *testing.T) {
	cfg := stream.RequestConfig{MaxPathSize: 30, MaxHeaderCount: 4, MaxHeaderKeySize: 20, MaxHeaderValueSize: 20, MaxBodySize: 10}
	refused := hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Header.Set("X-Refused", fmt.Sprint(c.RequestError().Status))
		return hooks.Continue
	})
	for name, opts := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := chi.NewRouter()
			r.Use(middleware.RequestError(refused))
			body := func(w http.ResponseWriter, r *http.Request) {
				if p, err := io.ReadAll(r.Body); err == nil {
					_, _ = w.Write(p)
				}
			}
			r.HandleFunc("/free", body)
			r.With(middleware.Limits(cfg)).HandleFunc("/bound", body)
			r.With(middleware.Limits(cfg)).Handle("/hook", adapter.Handler(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
				c.Response().Body, _ = c.Body()
				return hooks.Continue
			})))
			s := serve(t, r, opts)
			long := strings.Repeat("x", 21)
			for _, tt := range []struct {
				name, target, fields, body string
				status                     int
			}{
				{"path", "?" + long + long, "", "", 414},
				{"name", "", "X" + long + ": 1\r\n", "", 431},
				{"value", "", "A: " + long + "\r\n", "", 431},
				{"count", "", "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n", "", 431},
				{"announced body", "", "Content-Length: 11\r\n", "01234567890", 413},
				{"chunked body", "", "Transfer-Encoding: chunked\r\n", "6\r\n012345\r\n5\r\n67890\r\n0\r\n\r\n", 413},
				{"within", "", "Content-Length: 10\r\n", "0123456789", 200},
			} {
				for _, path := range []string{"/bound", "/hook"} {
					p := s.Dial()
					ask := func(path string) *streamtest.Response {
						return p.Send("POST " + path + tt.target + " HTTP/1.1\r\nHost: a\r\n" + tt.fields + "\r\n" + tt.body).Want("POST")
					}
					if tt.status != 200 {
						require.Equal(t, 200, ask("/free").StatusCode, tt.name)
					}
					got := ask(path)
					assert.Equal(t, tt.status, got.StatusCode, tt.name+path)
					if tt.status != 200 {
						assert.Equal(t, fmt.Sprint(tt.status), got.Header.Get("X-Refused"), tt.name+path)
						assert.True(t, got.Close, tt.name+path)
						p.WantEnd()
					}
				}
			}
		})
	}
}

// TestKeepAlive: a connection has so many requests, and grows so old.
func TestKeepAlive(t *testing.T) {
	for name, opts := range modes {
		for _, route := range []string{"/written", "/sent", "/staged"} {
			t.Run(name+route, func(t *testing.T) {
				t.Parallel()
				routes := func(policy func(http.Handler) http.Handler) http.Handler {
					r := chi.NewRouter()
					r.Use(policy)
					r.Get("/written", text("body"))
					r.Method("GET", "/sent", adapter.Handler(sends("body")))
					r.Method("GET", "/staged", adapter.Handler(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
						c.Response().Body = []byte("body")
						return hooks.Continue
					})))
					return r
				}
				if opts == modes["Never"] {
					p := serve(t, routes(middleware.KeepAlive(2, time.Nanosecond)), opts).Dial()
					for range 5 {
						assert.False(t, p.Get(route).Close)
					}
					return
				}
				p := serve(t, routes(middleware.KeepAlive(3, 0)), opts).Dial()
				for i := range 3 {
					got := p.Get(route)
					assert.Equal(t, "body", got.Text)
					assert.Equal(t, i == 2, got.Close, "request %d", i+1)
				}
				p.WantEnd()
				p = serve(t, routes(middleware.KeepAlive(0, time.Nanosecond)), opts).Dial()
				for range 10 { // the age begins with the first
					if got := p.Get(route); got.Close {
						break
					}
				}
				p.WantEnd()
				p = serve(t, routes(middleware.KeepAlive(0, -1)), opts).Dial()
				for range 10 {
					assert.False(t, p.Get(route).Close)
				}
			})
		}
	}
}

// TestHTTP10: the policies hold, and the connection is kept only where the client asks.
func TestHTTP10(t *testing.T) {
	for name, opts := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := middleware.Response(step("r", hooks.Continue))(adapter.Handler(sends("body")))
			p := serve(t, h, opts).Dial()
			for range 3 {
				got := p.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").Want("GET")
				assert.Equal(t, "body", got.Text)
				assert.Equal(t, "keep-alive", got.Header.Get("Connection"))
			}
			assert.Equal(t, "body", p.Send("GET / HTTP/1.0\r\n\r\n").Want("GET").Text)
			p.WantEnd()
		})
	}
}

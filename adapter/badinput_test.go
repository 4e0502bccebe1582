package adapter_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refusal is a request-error hook that shows what it was given.
func refusal(name string, kept chan<- *stream.RequestError) hooks.HookFunc {
	return func(_ *stream.Stream, c *stream.Context) hooks.Status {
		kept <- c.RequestError()
		c.Response().Header.Add("X-Refused-By", name)
		c.Response().Body = []byte(name)
		return hooks.Continue
	}
}

// TestRequestErrorHooks: of a bad request on a connection that was taken over the
// hooks of the adapter hear, and those of the middleware around the hook that took it.
func TestRequestErrorHooks(t *testing.T) {
	for _, bad := range []struct {
		name, bytes, op string
		status          int
	}{
		{"no colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "read header", 400},
		{"request line", "nonsense\r\n\r\n", "read request line", 400},
		{"version", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", "read request line", 505},
		{"coding", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "read header", 501},
		{"expectation", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: more\r\n\r\nx", "read header", 417},
		{"cut off", "GET / HTTP/1.1\r\nHo", "read header", 400},
		{"large body behind it", "GET / HTTP/1.1\r\nX\r\n\r\n" + strings.Repeat("x", 200<<10), "read header", 400},
	} {
		for _, where := range []string{"adapter", "middleware", "both", "none"} {
			t.Run(bad.name+"/"+where, func(t *testing.T) {
				t.Parallel()
				kept := make(chan *stream.RequestError, 4)
				r := chi.NewRouter()
				r.Use(func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						w.Header().Set("X-Earlier", "1")
						next.ServeHTTP(w, r)
					})
				})
				var want []string
				if where == "middleware" || where == "both" {
					r.Use(middleware.RequestError(refusal("middleware", kept)))
					want = []string{"middleware"}
				}
				r.Handle("/", adapter.Handler(hook(answers["sent"])))
				var h http.Handler = r
				if where == "adapter" || where == "both" {
					h = adapt(t, &adapter.Options{RequestErrorHooks: hooks.Chain{refusal("adapter", kept)}}).Wrap(r)
					want = []string{"adapter"} // such a request is not in any part of the tree
				}
				p := serve(t, h, nil).Dial()
				require.Equal(t, "1", p.Get("/").Header.Get("X-Earlier"))
				p.Send(bad.bytes)
				if bad.name == "cut off" {
					p.CloseWrite()
				}
				got := p.Want("GET")
				assert.Equal(t, bad.status, got.StatusCode)
				assert.Equal(t, want, got.Header["X-Refused-By"])
				assert.Empty(t, got.Header.Get("X-Earlier"), "a field of an earlier response")
				assert.True(t, got.Close)
				for range want {
					err := receive(t, kept, "the error")
					require.NotNil(t, err)
					assert.Equal(t, bad.op, err.Op)
					assert.Equal(t, bad.status, err.Status)
					assert.Error(t, err.Err)
				}
				p.WantEnd()
			})
		}
	}
}

// TestRequestLimits: the same on request 1 and on all others.
func TestRequestLimits(t *testing.T) {
	cfg := stream.RequestConfig{MaxPathSize: 20, MaxHeaderCount: 4, MaxHeaderKeySize: 18, MaxHeaderValueSize: 20, MaxBodySize: 100}
	chunks := fmt.Sprintf("%x\r\n%s\r\n", 60, strings.Repeat("x", 60))
	for _, tt := range []struct {
		name, bytes string
		status      int
	}{
		{"path", "GET /" + strings.Repeat("x", 20) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
		{"path at the limit", "GET /" + strings.Repeat("x", 19) + " HTTP/1.1\r\nHost: a\r\n\r\n", 200},
		{"count", "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\n\r\n", 431},
		{"count at the limit", "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 1\r\nC: 1\r\n\r\n", 200},
		{"count of one name", "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nA: 1\r\nA: 1\r\nA: 1\r\nA: 1\r\n\r\n", 431},
		{"count with a coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nA: 1\r\nB: 1\r\nC: 1\r\n\r\n0\r\n\r\n", 431},
		{"name", "GET / HTTP/1.1\r\nHost: a\r\nABCDEFGHIJKLMNOPQRS: 1\r\n\r\n", 431},
		{"value", "GET / HTTP/1.1\r\nHost: a\r\nA: " + strings.Repeat("x", 21) + "\r\n\r\n", 431},
		{"value at the limit", "GET / HTTP/1.1\r\nHost: a\r\nA:    " + strings.Repeat("x", 20) + "   \r\n\r\n", 200},
		{"Host value", "GET / HTTP/1.1\r\nHost: " + strings.Repeat("x", 21) + "\r\n\r\n", 431},
		{"announced body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", 413},
		{"announced body at the limit", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n" + strings.Repeat("x", 100), 200},
		{"chunked body", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + chunks + "0\r\n\r\n", 413},
		{"chunked body without end", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + chunks, 413},
		{"chunked body within", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n", 200},
	} {
		for _, m := range mounts() {
			if m.bare {
				continue
			}
			for _, route := range []string{"hook", "handler"} {
				for _, second := range []bool{false, true} {
					t.Run(fmt.Sprint(tt.name, "/", m.name, "/", route, "/second ", second), func(t *testing.T) {
						t.Parallel()
						kept := make(chan *stream.RequestError, 2)
						var h http.Handler = adapter.Handler(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
							if _, err := io.ReadAll(c.Request().Body); err != nil {
								var tooLarge *http.MaxBytesError
								if !errors.As(err, &tooLarge) || tooLarge.Limit != 100 {
									panic(err)
								}
								return hooks.Reject
							}
							return hooks.Continue
						}))
						if route == "handler" {
							h = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body) })
						}
						mux := http.NewServeMux()
						mux.Handle("/", h)
						mux.Handle("/sent", adapter.Handler(hook(answers["sent"])))
						root := m.with(t, mux, adapter.Options{Request: cfg, RequestErrorHooks: hooks.Chain{refusal("adapter", kept)}})
						p := serve(t, root, nil).Dial()
						if second {
							p.Get("/sent")
						}
						p.Send(tt.bytes)
						got := p.Want("POST")
						require.Equal(t, tt.status, got.StatusCode)
						if tt.status == 200 {
							require.Empty(t, kept)
							return
						}
						assert.Equal(t, tt.status, receive(t, kept, "the error").Status)
						assert.Empty(t, kept, "the hooks ran twice")
						assert.Equal(t, "adapter", got.Text)
						assert.True(t, got.Close)
						if m.mode == adapter.Never || m.mode == adapter.OnDemand && !second {
							p.CloseWrite() // net/http waits for the body before it closes
						}
						p.WantEnd()
					})
				}
			}
		}
	}
}

// TestRefusalReachesABusyClient: the answer can be read although the client goes on
// sending (RFC 9112, section 9.6).
func TestRefusalReachesABusyClient(t *testing.T) {
	for _, m := range mounts() {
		if m.bare {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			h := m.with(t, adapter.Handler(hook(answers["sent"])), adapter.Options{Request: stream.RequestConfig{MaxBodySize: 100}})
			s := serve(t, h, nil)
			for range 5 {
				p := s.Dial()
				p.Get("/")
				sent := make(chan struct{})
				go func() {
					defer close(sent)
					_, _ = io.WriteString(p.Conn(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n"+strings.Repeat("x", 8_000_000))
				}()
				got := p.Want("POST")
				assert.Equal(t, 413, got.StatusCode)
				_, _ = p.Rest()
				receive(t, sent, "the end of the body")
			}
		})
	}
}

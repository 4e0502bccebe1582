package stream_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	chimw "github.com/go-chi/chi/v5/middleware"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An oldWriter is a wrapper from before Unwrap.
type oldWriter struct{ http.ResponseWriter }

func (w oldWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

func oldStyle(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(oldWriter{w}, r) })
}

func same(next http.Handler) http.Handler { return next }

// insideMounts are the ways to serve h by HTTP/1.1.
func insideMounts() map[string]func(http.Handler) http.Handler {
	under := func(t adapter.Takeover) func(http.Handler) http.Handler {
		return adapter.New(&adapter.Options{Takeover: t}).Wrap
	}
	return map[string]func(http.Handler) http.Handler{"rung 0": same, "OnDemand": under(adapter.OnDemand), "Eager": under(adapter.Eager), "Never": under(adapter.Never)}
}

func TestWrapped(t *testing.T) {
	t.Parallel()
	pass := hooks.HookFunc(func(*stream.Stream, *stream.Context) hooks.Status { return hooks.Continue })
	for _, row := range []struct {
		name   string
		around func(http.Handler) http.Handler
		want   bool
	}{
		{"nothing", same, false},
		{"our own layers", func(h http.Handler) http.Handler { return middleware.Response(pass)(middleware.Response(pass)(h)) }, false},
		{"no writer", chimw.RequestID, false},
		{"Compress", chimw.Compress(5), true},
		{"our own around another", func(h http.Handler) http.Handler { return middleware.Response(pass)(chimw.Compress(5)(h)) }, true},
		{"our own inside of another", func(h http.Handler) http.Handler { return chimw.Compress(5)(middleware.Response(pass)(h)) }, true},
		{"without Unwrap", oldStyle, true},
	} {
		for name, mount := range insideMounts() {
			srv := httptest.NewServer(mount(row.around(adapter.HandlerFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
				assert.Equal(t, row.want, c.Exchange().Wrapped(), "%s %s", name, row.name)
				return hooks.Continue
			}))))
			for range 2 {
				resp, err := srv.Client().Get(srv.URL)
				require.NoError(t, err)
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			srv.Close()
		}
	}
}

// TestStayInside: what is sent goes through the writers around the hook, all of it before
// their middleware ends, and nothing afterwards.
func TestStayInside(t *testing.T) {
	t.Parallel()
	for name, mount := range insideMounts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var late sync.WaitGroup
			srv := httptest.NewServer(mount(chimw.Compress(5)(adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
				c.Exchange().StayInside()
				c.Response().Header.Set("Content-Type", "text/plain")
				c.Response().Header.Set("Transfer-Encoding", "chunked")
				assert.NoError(t, s.Send(c.Response().Build()))
				for range 100 {
					assert.NoError(t, s.TrySend([]byte("5\r\nhello\r\n")))
				}
				_, err := s.NextRequest()
				assert.ErrorIs(t, err, stream.ErrNotRaw)
				assert.NoError(t, s.TrySend([]byte("0\r\n\r\n")))
				late.Go(func() {
					for !errors.Is(s.TrySend([]byte("more")), stream.ErrClosed) { // until then it is too much for a response that is complete
					}
				})
				return hooks.Continue
			}))))
			defer srv.Close()
			for range 2 {
				resp, err := srv.Client().Get(srv.URL)
				require.NoError(t, err)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				resp.Body.Close()
				assert.True(t, resp.Uncompressed)
				assert.Equal(t, strings.Repeat("hello", 100), string(body))
			}
			late.Wait()
		})
	}
}

// TestOnLeave: what a layer has opened ends with the layer, the last one first, and is
// told of a panic.
func TestOnLeave(t *testing.T) {
	t.Parallel()
	for name, mount := range insideMounts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var got []string
			note := func(text string) func(bool) {
				return func(abandoned bool) {
					mu.Lock()
					defer mu.Unlock()
					if abandoned {
						text += " abandoned"
					}
					got = append(got, text)
				}
			}
			outer := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
				c.Exchange().OnLeave(note("outer"))
				return hooks.Continue
			})
			between := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					next.ServeHTTP(w, r)
					note("between")(false)
				})
			}
			srv := httptest.NewServer(mount(middleware.Request(outer)(between(adapter.HandlerFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
				c.Exchange().OnLeave(note("first"))
				c.Exchange().OnLeave(note("second"))
				if c.Query("panic") != "" {
					panic(http.ErrAbortHandler)
				}
				return hooks.Continue
			})))))
			resp, err := srv.Client().Get(srv.URL)
			require.NoError(t, err)
			resp.Body.Close()
			_, err = srv.Client().Post(srv.URL+"?panic=1", "", nil) // a GET would be tried again
			assert.Error(t, err)
			srv.Close()
			mu.Lock()
			defer mu.Unlock()
			assert.Equal(t, []string{"second", "first", "between", "outer", "second abandoned", "first abandoned", "outer abandoned"}, got)
		})
	}
}

// TestCut: the client finds the response broken off, and the hook the reason.
func TestCut(t *testing.T) {
	t.Parallel()
	reason := errors.New("enough of it")
	for name, mount := range insideMounts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := make(chan struct{})
			srv := httptest.NewServer(mount(adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
				c.Exchange().Cut(reason) // nothing was opened yet
				c.Response().Header.Set("Content-Length", "10")
				assert.NoError(t, s.Send(c.Response().Build()))
				<-read
				c.Exchange().Cut(reason)
				err := s.Send([]byte("0123456789"))
				assert.ErrorIs(t, err, stream.ErrClosed)
				assert.ErrorIs(t, err, reason)
				<-s.Context().Done()
				return hooks.Continue
			})))
			defer srv.Close()
			resp, err := srv.Client().Get(srv.URL)
			require.NoError(t, err)
			close(read)
			_, err = io.ReadAll(resp.Body)
			assert.Error(t, err)
			resp.Body.Close()
		})
	}
}

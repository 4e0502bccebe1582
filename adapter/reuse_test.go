package adapter_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOneConnection alternates between a route that takes the connection and one that
// knows nothing of it, a thousand times on one connection.
func TestOneConnection(t *testing.T) {
	const rounds = 500
	for _, m := range mounts() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			ids := make(chan [2]int64, 2*rounds)
			r := chi.NewRouter()
			r.Method("GET", "/hijacked", adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
				c.Response().Body = []byte("hijacked")
				must("send", s.Send(c.Response().Build()), nil)
				ids <- [2]int64{int64(s.ID()), s.Served()}
				return hooks.Reject
			})))
			r.Get("/legacy/{id}", func(w http.ResponseWriter, r *http.Request) {
				_, _ = fmt.Fprintf(w, "legacy %s", chi.URLParam(r, "id"))
			})
			p := serve(t, m.wrap(t, r), nil).Dial()
			var first int64
			for i := range rounds {
				got := p.Get("/hijacked")
				require.Equal(t, "hijacked", got.Text)
				require.False(t, got.Close)
				require.NotEmpty(t, got.Header.Get("Date"))
				id := receive(t, ids, "the hook")
				if first == 0 {
					first = id[0]
				}
				assert.Equal(t, first, id[0])
				if m.mode != adapter.Never {
					require.NotZero(t, id[0])
					require.Equal(t, int64(2*i+1), id[1])
				}
				require.Equal(t, fmt.Sprint("legacy ", i), p.Get(fmt.Sprint("/legacy/", i)).Text)
			}
		})
	}
}

// TestPipelining: answers come in order, whatever route gives them.
func TestPipelining(t *testing.T) {
	for _, m := range mounts() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			r := chi.NewRouter()
			r.Method("GET", "/hijacked/{id}", adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
				c.Response().Body = []byte("hijacked " + c.Param("id"))
				must("send", s.TrySend(c.Response().Build()), nil)
				return hooks.Reject
			})))
			r.Method("GET", "/staged/{id}", adapter.Handler(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
				c.Response().Body = []byte("staged " + c.Param("id"))
				return hooks.Continue
			})))
			r.Get("/legacy/{id}", func(w http.ResponseWriter, r *http.Request) {
				_, _ = fmt.Fprintf(w, "legacy %s", chi.URLParam(r, "id"))
			})
			s := serve(t, m.wrap(t, r), nil)
			var clients sync.WaitGroup
			for range 4 {
				clients.Go(func() {
					p := s.Dial()
					go func() {
						for i := range 300 {
							kind := []string{"hijacked", "legacy", "staged"}[i%3]
							_, _ = fmt.Fprintf(p.Conn(), "GET /%s/%d HTTP/1.1\r\nHost: a\r\n\r\n", kind, i)
						}
					}()
					for i := range 300 {
						kind := []string{"hijacked", "legacy", "staged"}[i%3]
						got, err := p.Next("GET")
						if !assert.NoError(t, err) || !assert.Equal(t, fmt.Sprintf("%s %d", kind, i), got.Text) {
							return
						}
					}
				})
			}
			clients.Wait()
		})
	}
}

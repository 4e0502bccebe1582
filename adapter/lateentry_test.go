package adapter_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A kept is what a handler was called with, and somebody still has.
type kept struct {
	w http.ResponseWriter
	r *http.Request
}

// meddle does to the exchange that k leads to what a hook may, and what a handler may with
// its request. It is too late for all of it, which a handler learns by http.ErrAbortHandler.
func (k kept) meddle() (sent error) {
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			panic(v)
		}
		_, _ = k.w.Write([]byte("late"))
		_ = http.NewResponseController(k.w).Flush()
		<-k.r.Context().Done()
	}()
	adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
		attribute.Set(c, "late")
		c.Response().Header.Set("X-Left", "late")
		c.Response().Body = []byte("late")
		s.SetClosed(true)
		s.SetClosed(false)
		sent = s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate"))
		_ = s.Flush()
		s.SetClosed(true)
		return hooks.Continue
	})).ServeHTTP(k.w, k.r)
	return sent
}

// keepers are handlers that answer and give away what they were called with, having asked
// the context for more or less.
func keepers(to chan<- kept) map[string]http.HandlerFunc {
	give := func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("kept"))
		to <- kept{w, r}
	}
	return map[string]http.HandlerFunc{
		"/plain":   give,
		"/watched": func(w http.ResponseWriter, r *http.Request) { _ = r.Context().Done(); give(w, r) },
		"/hooked":  adapter.Layer{Request: hooks.Chain{pass}}.Handler(http.HandlerFunc(give)).ServeHTTP,
	}
}

// TestLateEntry: what a handler was called with leads to no other request of the connection
// when its own is over, neither between requests nor while one is served, by a hook or not.
func TestLateEntry(t *testing.T) {
	for _, m := range mounts() {
		if m.mode == adapter.Never {
			continue // net/http panics by itself
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			given, busy, goOn := make(chan kept, 1), make(chan struct{}), make(chan struct{})
			mux := http.NewServeMux()
			take := func(s *stream.Stream, c *stream.Context) hooks.Status {
				if c.Query("busy") != "" {
					busy <- struct{}{}
					<-goOn
				}
				assert.False(t, s.Closed())
				return leavings(s, c)
			}
			mux.Handle("/hook", adapter.Handler(hook(take)))
			mux.HandleFunc("/handler", func(w http.ResponseWriter, r *http.Request) {
				busy <- struct{}{}
				<-goOn
				assert.NoError(t, r.Context().Err())
				_, _ = fmt.Fprint(w, "[]")
			})
			paths := keepers(given)
			for path, h := range paths {
				mux.Handle(path, h)
			}
			p := serve(t, m.wrap(t, mux), nil).Dial()
			require.Equal(t, "[]", p.Get("/hook").Text) // which takes the connection over
			for path := range paths {
				for _, next := range []string{"/hook?busy=1", "/handler"} {
					require.Equal(t, "kept", p.Get(path).Text)
					k := receive(t, given, "the handler")
					assert.Error(t, k.meddle())
					p.Send("GET " + next + " HTTP/1.1\r\nHost: a\r\n\r\n")
					receive(t, busy, next)
					assert.Error(t, k.meddle())
					goOn <- struct{}{}
					got, err := p.Next("GET")
					require.NoError(t, err)
					assert.Equal(t, "[]", got.Text, "%s, then %s", path, next)
					require.False(t, got.Close)
					assert.Error(t, k.meddle())
				}
			}
		})
	}
}

// TestLateQuestions asks a context for its exchange, in all ways there are, while its request
// ends and others begin.
func TestLateQuestions(t *testing.T) {
	for _, m := range mounts() {
		if m.mode == adapter.Never {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			var asking sync.WaitGroup
			mux := http.NewServeMux()
			mux.Handle("/hook", adapter.Handler(hook(leavings)))
			mux.HandleFunc("/ask", func(w http.ResponseWriter, r *http.Request) {
				for range 2 {
					asking.Go(func() {
						inner := adapter.Handler(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
							attribute.Set(c, "late")
							return hooks.Reject
						}))
						if r.URL.Query().Get("done") != "" {
							<-r.Context().Done()
						}
						inner.ServeHTTP(discard{}, r)
					})
				}
				_, _ = fmt.Fprint(w, "[]")
			})
			p := serve(t, m.wrap(t, mux), nil).Dial()
			for range 200 {
				for _, path := range []string{"/hook", "/ask", "/ask?done=1"} {
					require.Equal(t, "[]", p.Get(path).Text)
				}
			}
			asking.Wait()
		})
	}
}

// discard is a writer that leads nowhere.
type discard struct{}

func (discard) Header() http.Header         { return make(http.Header) }
func (discard) WriteHeader(int)             {}
func (discard) Write(p []byte) (int, error) { return len(p), nil }

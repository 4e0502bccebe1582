package adapter_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type ctxKey string

var attribute = stream.NewKey[string]("attribute")

// leavings answers with everything of earlier requests that could be seen.
func leavings(s *stream.Stream, c *stream.Context) hooks.Status {
	r := c.Request()
	var found []string
	for _, key := range []ctxKey{"user", "late"} {
		if v := r.Context().Value(key); v != nil {
			found = append(found, fmt.Sprint("value ", v))
		}
	}
	if _, ok := r.Context().Deadline(); ok {
		found = append(found, "deadline")
	}
	if id := c.Param("id"); id != r.URL.Query().Get("id") {
		found = append(found, "parameter "+id)
	}
	if rctx := chi.RouteContext(r.Context()); rctx != nil && len(rctx.URLParams.Keys) != 0 && rctx.URLParam("id") != r.URL.Query().Get("id") {
		found = append(found, "route context "+rctx.URLParam("id"))
	}
	if v, ok := attribute.Get(c); ok {
		found = append(found, "attribute "+v)
	}
	if v := c.Response().Header.Get("X-Left"); v != "" {
		found = append(found, "field "+v)
	}
	if c.Response().Status != 0 || c.Response().Body != nil {
		found = append(found, "staged")
	}
	if r.Context().Err() != nil {
		found = append(found, "ended context")
	}
	c.Response().Body = fmt.Append(nil, found)
	must("send", s.Send(c.Response().Build()), nil)
	return hooks.Continue
}

// TestNothingIsLeft: no value, deadline, parameter, attribute or field of a request
// is seen by a later one of the connection.
func TestNothingIsLeft(t *testing.T) {
	for _, m := range mounts() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			r := chi.NewRouter()
			mark := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), ctxKey("user"), r.URL.Query().Get("id")), time.Hour)
					defer cancel()
					w.Header().Set("X-Left", "over")
					next.ServeHTTP(w, r.WithContext(ctx))
				})
			}
			set := hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
				attribute.Set(c, "mine")
				c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), ctxKey("late"), "late")))
				c.Response().SetBody(202, "text/plain", "set "+c.Param("id"))
				must("send", s.Send(c.Response().Build()), nil)
				return hooks.Continue
			})
			r.With(mark).Method("GET", "/set/{id}", adapter.Handler(set))
			r.With(mark).Get("/plain/{id}", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "plain "+chi.URLParam(r, "id")) })
			r.Method("GET", "/left", adapter.Handler(hook(leavings)))
			r.Method("GET", "/left/{id}", adapter.Handler(hook(leavings)))
			s := serve(t, m.wrap(t, r), nil)
			var clients sync.WaitGroup
			for client := range 8 {
				clients.Go(func() {
					p := s.Dial()
					for i := range 20 {
						id := strconv.Itoa(client*1000 + i)
						assert.Equal(t, "set "+id, p.Get("/set/"+id+"?id="+id).Text)
						assert.Equal(t, "[]", p.Get("/left").Text)
						assert.Equal(t, "[]", p.Get("/left/"+id+"?id="+id).Text)
						assert.Equal(t, "plain "+id, p.Get("/plain/"+id+"?id="+id).Text)
						got := p.Get("/left")
						assert.Equal(t, "[]", got.Text)
						assert.Empty(t, got.Header.Get("X-Left"))
					}
				})
			}
			clients.Wait()
		})
	}
}

// TestRemoteAddrStaysTheConnections: middleware that believes X-Real-IP changes request 1's address only.
func TestRemoteAddrStaysTheConnections(t *testing.T) {
	for _, m := range mounts() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			r := chi.NewRouter()
			r.Use(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if ip := r.Header.Get("X-Real-IP"); ip != "" {
						r.RemoteAddr = ip
					}
					next.ServeHTTP(w, r)
				})
			})
			r.Method("GET", "/", adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
				c.Response().Body = []byte(c.Request().RemoteAddr)
				must("send", s.Send(c.Response().Build()), nil)
				return hooks.Continue
			})))
			p := serve(t, m.wrap(t, r), nil).Dial()
			assert.Equal(t, "6.6.6.6", p.Send("GET / HTTP/1.1\r\nHost: a\r\nX-Real-IP: 6.6.6.6\r\n\r\n").Want("GET").Text)
			assert.Equal(t, p.Conn().LocalAddr().String(), p.Get("/").Text)
		})
	}
}

// TestBaseContexts: what BaseContext and ConnContext made is there for all requests of
// a connection.
func TestBaseContexts(t *testing.T) {
	show := hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
		ctx := c.Request().Context()
		_, server := ctx.Value(http.ServerContextKey).(*http.Server)
		addr, _ := ctx.Value(http.LocalAddrContextKey).(net.Addr)
		c.Response().Body = fmt.Appendf(nil, "%v %v %v %v", server, addr != nil, ctx.Value(ctxKey("base")), ctx.Value(ctxKey("conn")))
		must("send", s.Send(c.Response().Build()), nil)
		return hooks.Continue
	})
	outside := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r) })
	}
	for _, tt := range []struct {
		name     string
		mode     adapter.Takeover
		register bool
		outside  bool
		rung0    bool
		all      bool // the server's own values are there
	}{
		{name: "root", all: true},
		{name: "root, Eager", mode: adapter.Eager, all: true},
		{name: "registered, not root", register: true, outside: true, all: true},
		{name: "registered, not root, Eager", mode: adapter.Eager, register: true, outside: true, all: true},
		{name: "not root", outside: true},
		{name: "bare handler as root", rung0: true, all: true},
		{name: "bare handler", rung0: true, outside: true},
		{name: "bare handler, registered", rung0: true, register: true, outside: true, all: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := adapt(t, &adapter.Options{Takeover: tt.mode})
			h := adapter.Handler(show)
			if !tt.rung0 {
				h = a.Wrap(h)
			}
			if tt.outside {
				h = outside(h)
			}
			srv := &http.Server{
				BaseContext: func(net.Listener) context.Context {
					return context.WithValue(context.Background(), ctxKey("base"), "B")
				},
				ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
					return context.WithValue(ctx, ctxKey("conn"), "C")
				},
			}
			if tt.register {
				a.Register(srv)
			}
			p := serve(t, h, srv).Dial()
			assert.Equal(t, "true true B C", p.Get("/").Text, "request 1")
			want := "true true <nil> <nil>"
			if tt.all {
				want = "true true B C"
			}
			for range 2 {
				assert.Equal(t, want, p.Get("/").Text, "later requests")
			}
		})
	}
}

// TestLateSend: a goroutine that outlives its exchange cannot reach the next one.
func TestLateSend(t *testing.T) {
	for _, c := range carriers() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			kept := make(chan *stream.Stream, 1)
			h := hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
				c.Response().Body = []byte("mine")
				if c.Query("send") != "" {
					must("send", s.Send(c.Response().Build()), nil)
				}
				kept <- s
				return hooks.Continue
			})
			p := serve(t, c.mount(t, h, adapter.Options{}), nil).Dial()
			for _, path := range []string{"/hook", "/hook?send=1", "/hook"} {
				require.Equal(t, "mine", p.Get(path).Text)
				s := receive(t, kept, "the stream")
				require.Equal(t, "legacy", p.Get("/legacy").Text) // the exchange is over by now
				other := []byte("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
				for name, err := range map[string]error{
					"Send": s.Send(other), "TrySend": s.TrySend(other), "SendList": s.SendList([][]byte{other}),
					"TrySendList": s.TrySendList([][]byte{other}), "Flush": s.Flush(), "TryFlush": s.TryFlush(),
				} {
					assert.ErrorIs(t, err, stream.ErrClosed, name)
					assert.ErrorIs(t, err, net.ErrClosed, name)
				}
				s.SetClosed(false)
				s.SetClosed(true)
				assert.True(t, s.Closed())
				assert.Error(t, s.Context().Err())
				_, err := s.NextRequest()
				assert.Error(t, err)
			}
			assert.Equal(t, "legacy", p.Get("/legacy").Text)
		})
	}
}

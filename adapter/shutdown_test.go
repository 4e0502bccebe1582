package adapter_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"sync"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// busyService has /busy, which answers when it may, in several ways.
func busyService(goOn <-chan struct{}, begun chan<- struct{}) http.Handler {
	wait := func(ctx context.Context) {
		begun <- struct{}{}
		select {
		case <-goOn:
		case <-ctx.Done():
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/", adapter.Handler(hook(answers["sent"])))
	mux.HandleFunc("/busy/written", func(w http.ResponseWriter, r *http.Request) {
		wait(r.Context())
		_, _ = w.Write([]byte("posted"))
	})
	for name, h := range map[string]func(*stream.Stream, *stream.Context) hooks.Status{"sent": answers["sent"], "staged": answers["staged"]} {
		mux.Handle("/busy/"+name, adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
			wait(c.Request().Context())
			return h(s, c)
		})))
	}
	mux.Handle("/loop", adapter.Handler(looping(make(chan error, 8), hooks.Reject)))
	return mux
}

func TestShutdown(t *testing.T) {
	type shutdown func(ctx context.Context, a *adapter.Adapter, s *service) error
	ways := map[string]struct {
		register bool
		call     shutdown
	}{
		"Shutdown":                {call: func(ctx context.Context, a *adapter.Adapter, _ *service) error { return a.Shutdown(ctx) }},
		"registered":              {register: true, call: func(ctx context.Context, a *adapter.Adapter, _ *service) error { return a.Shutdown(ctx) }},
		"of the server":           {call: func(ctx context.Context, _ *adapter.Adapter, s *service) error { return s.Shutdown(ctx) }},
		"of the server, register": {register: true, call: func(ctx context.Context, _ *adapter.Adapter, s *service) error { return s.Shutdown(ctx) }},
	}
	for name, way := range ways {
		for _, mode := range []adapter.Takeover{adapter.OnDemand, adapter.Eager} {
			for _, answer := range []string{"written", "staged", "sent"} {
				t.Run(fmt.Sprint(name, "/mode ", mode, "/", answer), func(t *testing.T) {
					t.Parallel()
					ctx, cancel := context.WithTimeout(context.Background(), patience)
					defer cancel()
					goOn, begun := make(chan struct{}), make(chan struct{}, 1)
					a := adapt(t, &adapter.Options{Takeover: mode})
					srv := &http.Server{}
					if way.register {
						a.Register(srv)
					}
					s := serve(t, a.Wrap(busyService(goOn, begun)), srv)
					idle, loop, busy := s.Dial(), s.Dial(), s.Dial()
					idle.Get("/")
					require.Equal(t, "GET /loop none", loop.Get("/loop?send").Text)
					busy.Get("/")
					busy.Send("GET /busy/" + answer + " HTTP/1.1\r\nHost: a\r\n\r\n")
					receive(t, begun, "the handler")
					done := make(chan error, 1)
					go func() { done <- way.call(ctx, a, s) }()
					idle.WantEnd()
					loop.WantEnd()
					close(goOn)
					got := busy.Want("GET")
					assert.Equal(t, "posted", got.Text)
					assert.True(t, got.Close, "the last answer must say that it is")
					busy.WantEnd()
					require.NoError(t, receive(t, done, "Shutdown"))
					require.NoError(t, a.Shutdown(ctx))
				})
			}
		}
	}
}

// TestShutdownDeadline: what is not done in time is cut.
func TestShutdownDeadline(t *testing.T) {
	for _, mode := range []adapter.Takeover{adapter.OnDemand, adapter.Eager} {
		t.Run(fmt.Sprint("mode ", mode), func(t *testing.T) {
			t.Parallel()
			begun := make(chan struct{}, 1)
			a := adapt(t, &adapter.Options{Takeover: mode})
			p := serve(t, a.Wrap(busyService(nil, begun)), nil).Dial()
			p.Get("/")
			p.Send("GET /busy/sent HTTP/1.1\r\nHost: a\r\n\r\n")
			receive(t, begun, "the handler")
			ctx, cancel := context.WithTimeout(context.Background(), short)
			defer cancel()
			assert.ErrorIs(t, a.Shutdown(ctx), context.DeadlineExceeded)
			p.WantEnd()
		})
	}
}

// TestNoTakeoverBehindShutdown: hooks go on over the ResponseWriter.
func TestNoTakeoverBehindShutdown(t *testing.T) {
	t.Parallel()
	a := adapt(t, &adapter.Options{Takeover: adapter.Eager})
	require.NoError(t, a.Shutdown(context.Background()))
	raw := make(chan error, 1)
	p := serve(t, a.Wrap(adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
		_, err := s.NetConn()
		raw <- err
		return answers["sent"](s, c)
	}))), nil).Dial()
	assert.Equal(t, "posted", p.Get("/").Text)
	assert.ErrorIs(t, receive(t, raw, "the hook"), stream.ErrNotRaw)
}

// TestServerShutdownBeforeTakeover: a request that was there before Shutdown and whose
// hook sends behind it does not leave a connection that lives for ever.
func TestServerShutdownBeforeTakeover(t *testing.T) {
	for _, bare := range []bool{false, true} {
		for _, register := range []bool{false, true} {
			t.Run(fmt.Sprint("bare ", bare, " register ", register), func(t *testing.T) {
				t.Parallel()
				goOn, begun := make(chan struct{}), make(chan struct{}, 1)
				a := adapt(t, nil)
				h := busyService(goOn, begun)
				if !bare {
					h = a.Wrap(h)
				}
				srv := &http.Server{}
				if register {
					a.Register(srv)
				}
				s := serve(t, h, srv)
				p := s.Dial()
				p.Send("GET /busy/sent HTTP/1.1\r\nHost: a\r\n\r\n")
				receive(t, begun, "the handler")
				ran := make(chan struct{})
				srv.RegisterOnShutdown(sync.OnceFunc(func() { close(ran) }))
				done := make(chan error, 1)
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				go func() { done <- srv.Shutdown(ctx) }()
				receive(t, ran, "the callbacks")
				for { // the listener is closed behind the state has changed
					conn, err := net.Dial("tcp", s.Addr().String())
					if err != nil {
						break
					}
					_ = conn.Close()
				}
				close(goOn)
				assert.Equal(t, "posted", p.Want("GET").Text)
				p.WantEnd()
				require.NoError(t, receive(t, done, "Shutdown"))
			})
		}
	}
}

// TestNestedAdapters: the outermost has the connection; the inner one adds its hooks.
func TestNestedAdapters(t *testing.T) {
	modes := []adapter.Takeover{adapter.OnDemand, adapter.Eager, adapter.Never}
	for _, outer := range modes {
		for _, inner := range modes {
			t.Run(fmt.Sprint("outer ", outer, " inner ", inner), func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				mux := http.NewServeMux()
				mux.Handle("/sent", adapter.Handler(hook(answers["sent"])))
				mux.Handle("/staged", adapter.Handler(hook(answers["staged"])))
				mux.HandleFunc("/legacy", text("legacy"))
				in := adapt(t, &adapter.Options{Takeover: inner, ResponseHooks: hooks.Chain{header("X-In")}})
				out := adapt(t, &adapter.Options{Takeover: outer, ResponseHooks: hooks.Chain{header("X-Out")}})
				s := serve(t, out.Wrap(in.Wrap(mux)), nil)
				p := s.Dial()
				for range 3 {
					for path, want := range map[string]string{"/sent": "posted", "/staged": "posted", "/legacy": "legacy"} {
						got := p.Get(path)
						assert.Equal(t, want, got.Text)
						assert.Equal(t, []string{"1"}, got.Header["X-In"])
						assert.Equal(t, []string{"1"}, got.Header["X-Out"])
					}
				}
				require.NoError(t, in.Shutdown(ctx))
				require.NoError(t, out.Shutdown(ctx))
				require.NoError(t, s.Shutdown(ctx))
				p.WantEnd()
			})
		}
	}
}

func header(name string) hooks.HookFunc {
	return func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Header.Add(name, "1")
		return hooks.Continue
	}
}

// TestGoexit: a handler that ends its goroutine ends its connection, as in net/http.
func TestGoexit(t *testing.T) {
	for _, m := range mounts() {
		for _, second := range []bool{false, true} {
			t.Run(fmt.Sprint(m.name, " second ", second), func(t *testing.T) {
				t.Parallel()
				mux := http.NewServeMux()
				mux.HandleFunc("/exit", func(http.ResponseWriter, *http.Request) { runtime.Goexit() })
				mux.Handle("/", adapter.Handler(hook(answers["sent"])))
				p := serve(t, m.wrap(t, mux), nil).Dial()
				if second {
					p.Get("/")
				}
				p.Send("GET /exit HTTP/1.1\r\nHost: a\r\n\r\n")
				p.WantEnd()
			})
		}
	}
}

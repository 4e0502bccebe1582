package middleware_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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

var trail = stream.NewKey[string]("trail")

// step leaves its name in the trail and returns status.
func step(name string, status hooks.Status) hooks.HookFunc {
	return func(_ *stream.Stream, c *stream.Context) hooks.Status {
		v, _ := trail.Get(c)
		trail.Set(c, v+name)
		if status == hooks.Reject {
			c.Response().SetBody(http.StatusForbidden, "text/plain", "rejected behind "+v+name)
		}
		return status
	}
}

func show(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "handler") }

// TestRequestChains: hooks run in order, outer layers first, share attributes, and a
// rejecting one ends it all.
func TestRequestChains(t *testing.T) {
	route := adapter.Handler(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		v, _ := trail.Get(c)
		c.Response().Body = []byte(v)
		return hooks.Continue
	}))
	stamp := middleware.Response(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Header.Set("X-Stamped", "1")
		return hooks.Continue
	}))
	for name, opts := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := chi.NewRouter()
			r.Use(stamp, middleware.Request(step("a", hooks.Continue), step("b", hooks.Continue)), middleware.Request())
			r.With(middleware.Request(step("c", hooks.Continue))).Method("GET", "/pass", route)
			r.With(middleware.Request(step("c", hooks.Reject), step("d", hooks.Continue))).Method("GET", "/reject", route)
			r.With(middleware.Request(step("c", 0))).Get("/undecided", show)
			r.With(middleware.Request(sends("sent by a hook"), step("x", hooks.Reject))).Get("/answered", show)
			r.Get("/plain", show)
			p := serve(t, r, opts).Dial()
			for i := range 3 {
				got := p.Get("/pass")
				assert.Equal(t, "abc", got.Text, i)
				assert.Equal(t, "1", got.Header.Get("X-Stamped"))
				got = p.Get("/reject")
				assert.Equal(t, 403, got.StatusCode)
				assert.Equal(t, "rejected behind abc", got.Text)
				assert.Empty(t, got.Header.Get("X-Stamped"), "a rejected exchange has no response hooks")
				got = p.Get("/undecided")
				assert.Equal(t, 200, got.StatusCode)
				assert.Empty(t, got.Text)
				assert.Equal(t, "sent by a hook", p.Get("/answered").Text)
				assert.Equal(t, "handler", p.Get("/plain").Text)
			}
		})
	}
}

// TestResponseChain: a hook may change all of a response that has not begun.
func TestResponseChain(t *testing.T) {
	change := hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Header.Set("X-Status", fmt.Sprint(c.Response().Status))
		c.Response().Header.Del("X-Secret")
		c.Response().Status = 203
		if c.Query("body") != "" {
			c.Response().Body = []byte("another")
		}
		if c.Query("stop") != "" {
			return hooks.Reject
		}
		return hooks.Continue
	})
	last := hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Header.Set("X-Last", "1")
		return hooks.Continue
	})
	for name, opts := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := chi.NewRouter()
			r.Use(middleware.Response(change, last))
			r.Get("/written", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Secret", "1")
				w.WriteHeader(201)
				_, _ = io.WriteString(w, "body")
			})
			r.Get("/nothing", func(http.ResponseWriter, *http.Request) {})
			r.Get("/long", func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.Copy(w, strings.NewReader(strings.Repeat("body", 100_000)))
			})
			r.Method("GET", "/sent", adapter.Handler(sends("body")))
			p := serve(t, r, opts).Dial()
			for range 2 {
				for _, tt := range []struct{ path, status, text string }{
					{"/written", "201", "body"}, {"/nothing", "200", ""}, {"/sent", "200", "body"}, {"/long", "200", strings.Repeat("body", 100_000)},
				} {
					got := p.Get(tt.path)
					assert.Equal(t, 203, got.StatusCode, tt.path)
					assert.Equal(t, tt.status, got.Header.Get("X-Status"), tt.path)
					assert.Empty(t, got.Header.Get("X-Secret"), tt.path)
					assert.Equal(t, "1", got.Header.Get("X-Last"), tt.path)
					assert.Equal(t, tt.text, got.Text, tt.path)
					if tt.path != "/sent" { // its body has begun
						assert.Equal(t, "another", p.Get(tt.path+"?body=1").Text, tt.path)
					}
					assert.Empty(t, p.Get(tt.path+"?stop=1").Header.Get("X-Last"), tt.path)
				}
			}
		})
	}
}

// TestTaskPanic: the panic ends at the layer, its value in the hook and the log only.
func TestTaskPanic(t *testing.T) {
	kept := make(chan any, 8)
	report := hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		kept <- c.TaskPanic().Value
		if len(c.TaskPanic().Stack) == 0 {
			panic("no stack")
		}
		c.Response().Header.Set("X-Reported", "1")
		return hooks.Continue
	})
	for name, opts := range modes {
		t.Run(name, func(t *testing.T) {
			r := chi.NewRouter()
			r.Use(middleware.TaskPanic(report))
			r.Get("/early", func(http.ResponseWriter, *http.Request) { panic("secret") })
			r.Get("/late", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "10")
				_, _ = io.WriteString(w, "half")
				panic("secret")
			})
			r.Get("/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
			r.Method("GET", "/hook", adapter.Handler(hook(func(*stream.Stream, *stream.Context) hooks.Status { panic("secret") })))
			r.With(middleware.Request(hook(func(*stream.Stream, *stream.Context) hooks.Status { panic("secret") }))).Get("/request", show)
			r.With(middleware.Response(hook(func(*stream.Stream, *stream.Context) hooks.Status { panic("secret") }))).Get("/response", show)
			r.With(middleware.TaskPanic(hook(func(*stream.Stream, *stream.Context) hooks.Status { panic("in the error hook") }))).Get("/twice", func(http.ResponseWriter, *http.Request) { panic("first") })
			r.Get("/legacy", text("legacy"))
			s := serve(t, r, opts)
			for range 2 {
				p := s.Dial()
				p.Get("/legacy")
				for _, path := range []string{"/early", "/hook", "/request", "/response"} {
					got := p.Get(path)
					assert.Equal(t, 500, got.StatusCode, path)
					assert.Equal(t, "1", got.Header.Get("X-Reported"), path)
					assert.NotContains(t, got.Text, "secret", path)
					assert.Equal(t, "secret", <-kept)
					if got.Close {
						p = s.Dial()
					}
					assert.Equal(t, "legacy", p.Get("/legacy").Text, path)
				}
				assert.Equal(t, 500, p.Get("/twice").StatusCode)
				_, err := p.Send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n").Next("GET")
				assert.Error(t, err, "the response looks whole")
				assert.Equal(t, "secret", <-kept)
				p = s.Dial()
				p.Get("/legacy")
				_, err = p.Send("GET /abort HTTP/1.1\r\nHost: a\r\n\r\n").Next("GET")
				assert.Error(t, err)
				assert.Empty(t, kept, "http.ErrAbortHandler runs no hook")
			}
			assert.Contains(t, s.Log.String(), "secret")
			assert.Contains(t, s.Log.String(), "in the error hook")
		})
	}
}

func TestMistakesAtSetUpPanic(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(...hooks.ServerHook) func(http.Handler) http.Handler{
		"Request": middleware.Request, "Response": middleware.Response,
		"RequestError": middleware.RequestError, "TaskPanic": middleware.TaskPanic,
	} {
		assert.PanicsWithValue(t, "middleware."+name+": a hook is nil", func() { f(step("", hooks.Continue), nil) })
		assert.PanicsWithValue(t, "middleware."+name+": next is nil", func() { f()(nil) })
		rec := httptest.NewRecorder()
		f()(text("x")).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		require.Equal(t, "x", rec.Body.String(), "an empty %s", name)
	}
	assert.Panics(t, func() { middleware.Limits(stream.RequestConfig{BufferSize: 1}) })
	assert.Panics(t, func() { middleware.Limits(stream.RequestConfig{})(nil) })
	assert.Panics(t, func() { middleware.KeepAlive(1, 0)(nil) })
	assert.Panics(t, func() { adapter.Handler(nil) })
	assert.Panics(t, func() { adapter.Hook(nil) })
	assert.Panics(t, func() { adapter.New(nil).Wrap(nil) })
	assert.Panics(t, func() { adapter.New(&adapter.Options{Request: stream.RequestConfig{BufferSize: 1}}) })
}

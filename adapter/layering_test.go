package adapter_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	chimw "github.com/go-chi/chi/v5/middleware"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var pass = hook(func(*stream.Stream, *stream.Context) hooks.Status { return hooks.Continue })

// TestMiddlewareBetweenLayers: what stands between an adapter and an inner layer works
// on request 1 of a connection as on all others.
func TestMiddlewareBetweenLayers(t *testing.T) {
	body := strings.Repeat("text ", 1000)
	staged := adapter.Handler(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().SetBody(200, "text/plain", body)
		return hooks.Continue
	}))
	plain := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, body)
	})
	inner := map[string]http.Handler{
		"staged":     staged,
		"response":   middleware.Response(pass)(plain),
		"task panic": middleware.TaskPanic(pass)(plain),
		"panic": middleware.TaskPanic(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().SetBody(200, "text/plain", body)
			return hooks.Continue
		}))(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") })),
	}
	for _, m := range mounts() {
		for what, h := range inner {
			t.Run(m.name+"/"+what, func(t *testing.T) {
				t.Parallel()
				r := chi.NewRouter()
				r.Use(chimw.Compress(5))
				r.Handle("/zip", h)
				p := serve(t, m.wrap(t, r), nil).Dial()
				for i := range 3 {
					p.Send("GET /zip HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
					got := p.Want("GET")
					require.Equal(t, "gzip", got.Header.Get("Content-Encoding"), "request %d", i+1)
					z, err := gzip.NewReader(strings.NewReader(got.Text))
					require.NoError(t, err)
					unzipped, err := io.ReadAll(z)
					require.NoError(t, err)
					require.Equal(t, body, string(unzipped))
				}
			})
		}
	}
}

// TestCapturedHandler: a handler that another handler runs into a recorder of its own
// answers there and nowhere else.
func TestCapturedHandler(t *testing.T) {
	for _, m := range mounts() {
		for _, sends := range []string{"staged", "sent"} {
			t.Run(m.name+"/"+sends, func(t *testing.T) {
				t.Parallel()
				inner := adapter.Handler(hook(answers[sends]))
				h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					rec := httptest.NewRecorder()
					inner.ServeHTTP(rec, r)
					_, _ = io.WriteString(w, "captured "+rec.Body.String())
				})
				p := serve(t, m.wrap(t, h), nil).Dial()
				for range 3 {
					assert.Equal(t, "captured posted", p.Get("/").Text)
				}
			})
		}
	}
}

// TestTimeoutHandlerBetweenLayers: a hook that runs on behind its time-out reaches
// nobody.
func TestTimeoutHandlerBetweenLayers(t *testing.T) {
	for _, m := range mounts() {
		for _, layered := range []bool{false, true} {
			t.Run(fmt.Sprint(m.name, " layered ", layered), func(t *testing.T) {
				t.Parallel()
				sent := make(chan error, 1)
				h := adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
					<-c.Request().Context().Done()
					for i := range 100 {
						c.Response().Header.Set("X-Late", fmt.Sprint(i))
						runtime.Gosched()
					}
					c.Response().Body = []byte("evil")
					sent <- s.Send(c.Response().Build())
					return hooks.Continue
				}))
				if layered {
					h = middleware.TaskPanic(pass)(middleware.Response(pass)(h))
				}
				mux := http.NewServeMux()
				mux.Handle("/late", http.TimeoutHandler(h, 20_000_000, "too late"))
				mux.HandleFunc("/legacy", text("legacy"))
				p := serve(t, m.wrap(t, mux), nil).Dial()
				for range 3 {
					got := p.Get("/late")
					assert.Equal(t, http.StatusServiceUnavailable, got.StatusCode)
					assert.Equal(t, "too late", got.Text)
					assert.Equal(t, "legacy", p.Get("/legacy").Text)
					receive(t, sent, "the hook")
				}
			})
		}
	}
}

// TestResponseHooks: they see and change what is staged, written or sent.
func TestResponseHooks(t *testing.T) {
	stamp := func(name string) hooks.HookFunc {
		return func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Header.Add("X-Order", name)
			if name == "inner 2" {
				c.Response().Status = 202
			}
			return hooks.Continue
		}
	}
	routes := map[string]http.Handler{
		"staged": adapter.Handler(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().SetBody(201, "text/plain", "body")
			return hooks.Continue
		})),
		"sent": adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().SetBody(201, "text/plain", "body")
			must("send", s.SendList([][]byte{c.Response().Build()}), nil)
			return hooks.Continue
		})),
		"written": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(201)
			_, _ = io.WriteString(w, "body")
		}),
		"implicit": text("body"),
		"flushed": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "4")
			w.WriteHeader(201)
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, "body")
		}),
		"handler as hook": adapter.Handler(hooks.Chain{pass, adapter.Hook(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(201)
			_, _ = io.WriteString(w, "body")
		})), pass}),
	}
	for _, m := range mounts() {
		for name, h := range routes {
			t.Run(m.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				mux := http.NewServeMux()
				mux.Handle("/", middleware.Response(stamp("outer"))(middleware.Response(stamp("inner"), stamp("inner 2"))(h)))
				root := m.with(t, mux, adapter.Options{ResponseHooks: hooks.Chain{stamp("options")}})
				p := serve(t, root, nil).Dial()
				want := []string{"inner", "inner 2", "outer", "options"}
				if m.bare {
					want = want[:3]
				}
				for i := range 3 {
					got := p.Get("/")
					assert.Equal(t, 202, got.StatusCode, i)
					assert.Equal(t, "body", got.Text, i)
					assert.Equal(t, want, got.Header["X-Order"], i)
				}
			})
		}
	}
}

// TestMultipartFilesAreRemoved: temporary files of a form go with their request.
func TestMultipartFilesAreRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, m := range mounts() {
		t.Run(m.name, func(t *testing.T) {
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == "POST" {
					must("form", r.ParseMultipartForm(1), nil)
				}
				files, err := os.ReadDir(os.TempDir())
				must("list", err, nil)
				_, _ = fmt.Fprint(w, len(files))
			})
			p := serve(t, m.wrap(t, h), nil).Dial()
			form := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n" + strings.Repeat("x", 11<<20) + "\r\n--b--\r\n"
			for range 2 {
				p.Send(fmt.Sprintf("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n%s", len(form), form))
				require.Equal(t, "1", p.Want("POST").Text)
				require.Equal(t, "0", p.Get("/").Text)
			}
		})
	}
}

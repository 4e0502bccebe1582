package stream_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParam(t *testing.T) {
	t.Parallel()
	show := adapter.Handler(hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Body = []byte(c.Param("name") + " " + c.Param("rest") + " " + c.Param("none") + "|")
		return hooks.Continue
	}))
	nested := chi.NewRouter()
	nested.Route("/{name}", func(r chi.Router) { r.Method("GET", "/sub/{rest:[a-z]+}", show) })
	mux := http.NewServeMux()
	mux.Handle("GET /{name}/sub/{rest...}", show)
	for name, router := range map[string]http.Handler{
		"chi": nested, "ServeMux": mux,
		"chi, wrapped":      adapter.New(&adapter.Options{Takeover: adapter.Eager}).Wrap(nested),
		"ServeMux, wrapped": adapter.New(&adapter.Options{Takeover: adapter.Eager}).Wrap(mux),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(router)
			defer srv.Close()
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for _, segment := range []string{"one", "tw%2Fo", "three"} {
				resp, err := client.Get(srv.URL + "/" + segment + "/sub/more")
				require.NoError(t, err)
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				require.NoError(t, err)
				if segment == "tw%2Fo" && strings.HasPrefix(name, "ServeMux") {
					segment = "tw/o" // ServeMux unescapes, chi does not
				}
				assert.Equal(t, segment+" more |", string(body))
			}
		})
	}
}

func TestQueryHeaderCookie(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/?a=1&a=2&b=%20x&empty=&bad=%zz", nil)
	r.Host = "example.com:8080"
	r.Header.Add("X-Two", "first")
	r.Header.Add("X-Two", "second")
	r.Header.Set("Cookie", "id=7; name=\"a b\"; id=8")
	inContext(t, r, func(s *stream.Stream, c *stream.Context) {
		assert.Equal(t, "1", c.Query("a"))
		assert.Equal(t, " x", c.Query("b"))
		assert.Empty(t, c.Query("empty"))
		assert.Empty(t, c.Query("bad"))
		assert.Empty(t, c.Query("none"))

		assert.Equal(t, "first", c.Header("x-two"))
		assert.Equal(t, "example.com:8080", c.Header("host"))
		assert.Equal(t, "example.com:8080", c.Header("Host"))
		assert.Empty(t, c.Header("X-None"))

		id, ok := c.Cookie("id")
		assert.True(t, ok)
		assert.Equal(t, "7", id)
		_, ok = c.Cookie("none")
		assert.False(t, ok)

		assert.Equal(t, "192.0.2.1:1234", s.RemoteAddr())
		assert.Nil(t, c.RequestError())
		assert.Nil(t, c.TaskPanic())
	})
}

// SetRequest is how hooks give later ones a context value.
func TestSetRequest(t *testing.T) {
	t.Parallel()
	inContext(t, httptest.NewRequest("GET", "/?a=1", nil), func(_ *stream.Stream, c *stream.Context) {
		r := c.Request().Clone(c.Request().Context())
		r.URL.RawQuery = "a=2"
		r.Header.Set("X", "y")
		c.SetRequest(r)
		assert.Equal(t, "2", c.Query("a"))
		assert.Equal(t, "y", c.Header("X"))
		assert.Same(t, r, c.Request())
	})
}

// Body gives the same bytes each time, to hooks and to a handler behind them.
func TestBody(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "hello"} {
		reads := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
			for range 2 {
				body, err := c.Body()
				assert.NoError(t, err)
				assert.Equal(t, text, string(body))
			}
			return hooks.Continue
		})
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			assert.NoError(t, err)
			w.Write(append([]byte("got "), body...))
		})
		for name, h := range map[string]http.Handler{
			"middleware": middleware.Request(reads)(handler),
			"chain":      adapter.Handler(hooks.Chain{reads, reads, adapter.Hook(handler), reads}),
		} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader(text)))
			assert.Equal(t, "got "+text, w.Body.String(), name)
		}
	}
}

func TestBodyErrors(t *testing.T) {
	t.Parallel()
	failure := errors.New("the client is gone")
	r := httptest.NewRequest("POST", "/", iotest.ErrReader(failure))
	inContext(t, r, func(_ *stream.Stream, c *stream.Context) {
		for range 2 {
			_, err := c.Body()
			assert.ErrorIs(t, err, failure)
		}
		assert.ErrorIs(t, c.JSON(new(int)), failure)
	})

	r = httptest.NewRequest("POST", "/", strings.NewReader("longer than ten bytes"))
	limited := middleware.Limits(stream.RequestConfig{MaxBodySize: 10})
	for _, announced := range []int64{-1, 3} {
		w := httptest.NewRecorder()
		req := r.Clone(t.Context())
		req.Body, req.ContentLength = io.NopCloser(strings.NewReader("longer than ten bytes")), announced
		limited(adapter.Handler(hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
			_, err := c.Body()
			var tooLarge *http.MaxBytesError
			if assert.ErrorAs(t, err, &tooLarge) {
				assert.EqualValues(t, 10, tooLarge.Limit)
			}
			return hooks.Continue
		}))).ServeHTTP(w, req)
		assert.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, body, says string }{
		{"value", `{"n": 7}`, ""},
		{"white space around it", " {\"n\": 7}\n", ""},
		{"unknown field", `{"n": 7, "m": 8}`, ""},
		{"empty", "", "stream: decode body: empty"},
		{"malformed", `{"n":`, "stream: decode body: "},
		{"other type", `{"n": "7"}`, "stream: decode body: "},
		{"two values", `{"n": 7} {}`, "stream: decode body: "},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			inContext(t, httptest.NewRequest("POST", "/", strings.NewReader(row.body)), func(_ *stream.Stream, c *stream.Context) {
				var v struct{ N int }
				err := c.JSON(&v)
				if row.says == "" {
					assert.NoError(t, err)
					assert.Equal(t, 7, v.N)
					return
				}
				assert.ErrorContains(t, err, row.says)
			})
		})
	}
}

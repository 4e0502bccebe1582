package compat_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// hyperlaneAuth answers 401 itself, closes if that cannot be sent, and rejects.
func hyperlaneAuth(s *stream.Stream, c *stream.Context) hooks.Status {
	if c.Header("Authorization") != "" {
		return hooks.Continue
	}
	c.Response().Header.Set("WWW-Authenticate", "Bearer")
	c.Response().SetBody(http.StatusUnauthorized, "text/plain; charset=utf-8", "no authorisation")
	if s.TrySend(c.Response().Build()) != nil {
		s.SetClosed(true)
	}
	return hooks.Reject
}

func TestHyperlaneAuthorisation(t *testing.T) {
	t.Parallel()
	route := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("secret of " + r.Header.Get("Authorization")))
	})
	second := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		assert.NotEmpty(t, c.Header("Authorization"), "a hook behind one that rejects ran")
		return hooks.Continue
	})
	response := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Header.Set("X-Response-Hook", "ran")
		return hooks.Continue
	})
	auth := hooks.HookFunc(hyperlaneAuth)
	mount := func(next http.Handler) http.Handler {
		return middleware.Request(auth, second)(middleware.Response(response)(next))
	}
	for _, ca := range hyperlaneCarriers() {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			c := hyperlaneServe(t, ca.wrap(adapter.Options{}, mount(route)))
			for range 2 { // one that is rejected does not close the connection
				c.get("/")
				resp, body := c.hear()
				assert.Equal(t, http.StatusUnauthorized, resp.StatusCode)
				assert.Equal(t, "Bearer", resp.Header.Get("WWW-Authenticate"))
				assert.Empty(t, resp.Header.Get("X-Response-Hook"))
				assert.Equal(t, "no authorisation", body)
				c.say("GET / HTTP/1.1\nHost: a\nAuthorization: me\n\n")
				resp, body = c.hear()
				assert.Equal(t, http.StatusOK, resp.StatusCode)
				assert.Equal(t, "ran", resp.Header.Get("X-Response-Hook"))
				assert.Equal(t, "secret of me", body)
			}
		})
	}
	hyperlaneElsewhere(t, mount(route), func(t *testing.T, ask func(*http.Request) *http.Response) {
		resp := ask(httptest.NewRequest("GET", "/", nil))
		assert.Equal(t, http.StatusUnauthorized, resp.StatusCode)
		assert.Equal(t, "no authorisation", hyperlaneBody(t, resp))
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", "me")
		resp = ask(r)
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, "secret of me", hyperlaneBody(t, resp))
	})
}

// When the answer cannot be sent, the connection closes, here because another hook
// has closed the stream.
func TestHyperlaneAuthorisationFails(t *testing.T) {
	t.Parallel()
	closes := hooks.HookFunc(func(s *stream.Stream, _ *stream.Context) hooks.Status {
		s.SetClosed(true)
		return hooks.Continue
	})
	never := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the route was reached") })
	for _, ca := range hyperlaneCarriers() {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			c := hyperlaneServe(t, ca.wrap(adapter.Options{RequestHooks: hooks.Chain{closes, hooks.HookFunc(hyperlaneAuth)}}, never))
			c.get("/")
			resp, body := c.hear()
			assert.Equal(t, http.StatusUnauthorized, resp.StatusCode, "what is staged is sent")
			assert.True(t, resp.Close)
			assert.Equal(t, "no authorisation", body)
			c.end()
		})
	}
}

// A hyperlaneError is a request-error hook with state, as hyperlane's have: it takes
// the error in its constructor.
type hyperlaneError struct {
	status int
	text   string
}

func newHyperlaneError(_ *stream.Stream, c *stream.Context) *hyperlaneError {
	return &hyperlaneError{c.RequestError().Status, c.RequestError().Op}
}

func (h *hyperlaneError) Handle(s *stream.Stream, c *stream.Context) hooks.Status {
	c.Response().SetBody(h.status, "text/plain; charset=utf-8", fmt.Sprintf("%d %s", h.status, h.text))
	if s.TrySend(c.Response().Build()) != nil {
		s.SetClosed(true)
		return hooks.Reject
	}
	return hooks.Continue
}

// The limits hold for the first request of a connection and for later ones alike.
func TestHyperlaneRequestError(t *testing.T) {
	t.Parallel()
	opts := adapter.Options{
		Request:           stream.RequestConfig{MaxPathSize: 64, MaxHeaderCount: 8, MaxHeaderKeySize: 32, MaxHeaderValueSize: 64, MaxBodySize: 16},
		RequestErrorHooks: hooks.Chain{hooks.New(newHyperlaneError)},
	}
	route := func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Header.Set("X-Leak", "yes")
		_, _ = c.Body()
		return hooks.Continue
	}
	for _, row := range []struct{ name, request, want string }{
		{"path", "GET /" + strings.Repeat("x", 64) + " HTTP/1.1\nHost: a\n\n", "414 read request line"},
		{"header count", "GET / HTTP/1.1\nHost: a\n" + strings.Repeat("X: 1\n", 9) + "\n", "431 read header"},
		{"header name", "GET / HTTP/1.1\nHost: a\n" + strings.Repeat("X", 33) + ": 1\n\n", "431 read header"},
		{"header value", "GET / HTTP/1.1\nHost: a\nX: " + strings.Repeat("x", 65) + "\n\n", "431 read header"},
		{"body announced", "POST / HTTP/1.1\nHost: a\nContent-Length: 17\n\n" + strings.Repeat("x", 17), "413 read body"},
		{"body in chunks", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n11\n" + strings.Repeat("x", 17) + "\n0\n\n", "413 read body"},
	} {
		for _, ca := range hyperlaneCarriers() {
			for _, nth := range []string{"first", "second"} {
				t.Run(row.name+"/"+ca.name+"/"+nth, func(t *testing.T) {
					t.Parallel()
					c := hyperlaneServe(t, ca.wrap(opts, hyperlaneRoute(route)))
					if nth == "second" {
						c.get("/")
						resp, _ := c.hear()
						assert.Equal(t, http.StatusOK, resp.StatusCode)
					}
					c.say(row.request)
					resp, body := c.hear()
					assert.Equal(t, row.want, body)
					assert.Equal(t, row.want[:3], fmt.Sprint(resp.StatusCode))
					assert.Empty(t, resp.Header.Get("X-Leak"), "a field of the response that was being staged")
					c.end()
				})
			}
		}
	}
}

// hyperlanePanic answers a panic, without its text: hyperlane's example sends it to
// the client.
func hyperlanePanic(seen chan<- any) hooks.HookFunc {
	return func(s *stream.Stream, c *stream.Context) hooks.Status {
		seen <- c.TaskPanic().Value
		c.Response().Header.Set("Server", "onramp")
		c.Response().SetBody(http.StatusInternalServerError, "text/plain; charset=utf-8", "something broke")
		if s.TrySend(c.Response().Build()) != nil {
			s.SetClosed(true)
			return hooks.Reject
		}
		return hooks.Continue
	}
}

func TestHyperlaneTaskPanic(t *testing.T) {
	t.Parallel()
	route := func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Header.Set("X-Leak", "yes")
		if c.Request().URL.Path == "/panic" {
			panic("the password is 1234")
		}
		return hooks.Continue
	}
	check := func(t *testing.T, resp *http.Response, body string, seen <-chan any) {
		t.Helper()
		assert.Equal(t, http.StatusInternalServerError, resp.StatusCode)
		assert.Equal(t, "onramp", resp.Header.Get("Server"))
		assert.Empty(t, resp.Header.Get("X-Leak"))
		assert.Equal(t, "something broke", body)
		assert.Equal(t, "the password is 1234", <-seen)
	}
	for _, ca := range hyperlaneCarriers() {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			seen := make(chan any, 1)
			c := hyperlaneServe(t, ca.wrap(adapter.Options{TaskPanicHooks: hooks.Chain{hyperlanePanic(seen)}}, hyperlaneRoute(route)))
			c.get("/")
			resp, _ := c.hear()
			assert.Equal(t, http.StatusOK, resp.StatusCode)
			c.get("/panic")
			resp, body := c.hear()
			check(t, resp, body, seen)
		})
	}
	seen := make(chan any, 2)
	h := middleware.TaskPanic(hyperlanePanic(seen))(hyperlaneRoute(route))
	hyperlaneElsewhere(t, h, func(t *testing.T, ask func(*http.Request) *http.Response) {
		resp := ask(httptest.NewRequest("GET", "/panic", nil))
		check(t, resp, hyperlaneBody(t, resp), seen)
	})
}

package compat_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// hyperlaneSends are the ways to send a built response, each with what else it does.
var hyperlaneSends = map[string]func(s *stream.Stream, response []byte) error{
	"send":     (*stream.Stream).Send,
	"try_send": (*stream.Stream).TrySend,
	"send_list": func(s *stream.Stream, response []byte) error {
		return s.SendList([][]byte{response[:7], response[7:]})
	},
	"try_send_list": func(s *stream.Stream, response []byte) error {
		third := len(response) / 3
		return s.TrySendList([][]byte{response[:third], nil, response[third : 2*third], response[2*third:]})
	},
	"send, flush": func(s *stream.Stream, response []byte) error {
		if err := s.Send(response); err != nil {
			return err
		}
		return s.Flush()
	},
	"try_send, try_flush": func(s *stream.Stream, response []byte) error {
		if err := s.TrySend(response); err != nil {
			return err
		}
		return s.TryFlush()
	},
	"in single bytes": func(s *stream.Stream, response []byte) error {
		for i := range response {
			if err := s.TrySend(response[i : i+1]); err != nil {
				return err
			}
		}
		return s.Flush()
	},
}

func TestHyperlaneSend(t *testing.T) {
	t.Parallel()
	for name, send := range hyperlaneSends {
		hook := func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Status = http.StatusCreated
			c.Response().Header.Set("X-Path", c.Request().URL.Path)
			c.Response().Body = []byte("hello " + c.Request().URL.Path)
			if send(s, c.Response().Build()) != nil {
				s.SetClosed(true)
				return hooks.Reject
			}
			return hooks.Continue
		}
		check := func(t *testing.T, resp *http.Response, body, path string) {
			t.Helper()
			assert.Equal(t, http.StatusCreated, resp.StatusCode)
			assert.Equal(t, path, resp.Header.Get("X-Path"))
			assert.Equal(t, "text/plain; charset=utf-8", resp.Header.Get("Content-Type"))
			assert.EqualValues(t, len("hello ")+len(path), resp.ContentLength)
			assert.Equal(t, "hello "+path, body)
		}
		for _, ca := range hyperlaneCarriers() {
			t.Run(name+"/"+ca.name, func(t *testing.T) {
				t.Parallel()
				c := hyperlaneServe(t, ca.wrap(adapter.Options{}, hyperlaneRoute(hook)))
				for _, path := range []string{"/1", "/second", "/3"} {
					c.get(path)
					resp, body := c.hear()
					check(t, resp, body, path)
				}
				c.say("GET /a HTTP/1.1\nHost: a\n\nGET /b HTTP/1.1\nHost: a\nConnection: close\n\n")
				for _, path := range []string{"/a", "/b"} {
					resp, body := c.hear()
					check(t, resp, body, path)
				}
				c.end()
			})
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hyperlaneElsewhere(t, hyperlaneRoute(hook), func(t *testing.T, ask func(*http.Request) *http.Response) {
				resp := ask(httptest.NewRequest("GET", "/x", nil))
				check(t, resp, hyperlaneBody(t, resp), "/x")
			})
		})
	}
}

// The response middleware of hyperlane's examples: what the route has staged, one
// hook at the end sends.
func TestHyperlaneResponseMiddleware(t *testing.T) {
	t.Parallel()
	route := func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().SetBody(http.StatusOK, "text/html; charset=utf-8", "<p>route")
		return hooks.Continue
	}
	send := func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Header.Set("Server", "onramp")
		if s.TrySend(c.Response().Build()) != nil {
			s.SetClosed(true)
			return hooks.Reject
		}
		return hooks.Continue
	}
	for _, ca := range hyperlaneCarriers() {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			c := hyperlaneServe(t, ca.wrap(adapter.Options{ResponseHooks: hooks.Chain{hooks.HookFunc(send)}}, hyperlaneRoute(route)))
			for range 3 {
				c.get("/")
				resp, body := c.hear()
				assert.Equal(t, "onramp", resp.Header.Get("Server"))
				assert.Equal(t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"))
				assert.Equal(t, "<p>route", body)
			}
		})
	}
}

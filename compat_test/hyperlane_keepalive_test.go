package compat_test

import (
	"fmt"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// set_closed(true) refuses further sends and closes the connection behind what was
// accepted; set_closed(false) takes that back.
func TestHyperlaneSetClosed(t *testing.T) {
	t.Parallel()
	hook := func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Body = []byte("before")
		assert.False(t, s.Closed())
		s.SetClosed(true)
		assert.True(t, s.Closed())
		assert.False(t, s.KeepAlive(true))
		assert.ErrorIs(t, s.TrySend(c.Response().Build()), stream.ErrClosed)
		s.SetClosed(false)
		assert.NoError(t, s.TrySend(c.Response().Build()))
		s.SetClosed(c.Request().URL.Path == "/last")
		return hooks.Continue
	}
	for _, ca := range hyperlaneCarriers() {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			c := hyperlaneServe(t, ca.wrap(adapter.Options{}, hyperlaneRoute(hook)))
			for range 3 {
				c.get("/")
				assert.Equal(t, "before", c.body())
			}
			c.get("/last")
			assert.Equal(t, "before", c.body())
			c.end()
		})
	}
}

// is_keep_alive(request.is_enable_keep_alive()) says what becomes of the connection.
func TestHyperlaneIsKeepAlive(t *testing.T) {
	t.Parallel()
	hook := func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Body = fmt.Append(nil, c.KeepAlive(), s.KeepAlive(c.KeepAlive()), s.KeepAlive(true), s.KeepAlive(false))
		return hooks.Continue
	}
	for _, ca := range hyperlaneCarriers() {
		for _, row := range []struct {
			name, head string
			keeps      bool
		}{
			{"HTTP/1.1", "GET / HTTP/1.1\nHost: a\n\n", true},
			{"HTTP/1.1 keep-alive", "GET / HTTP/1.1\nHost: a\nConnection: Keep-Alive\n\n", true},
			{"HTTP/1.1 close", "GET / HTTP/1.1\nHost: a\nConnection: close\n\n", false},
			{"HTTP/1.1 close in a list", "GET / HTTP/1.1\nHost: a\nConnection: x, Close\n\n", false},
			{"HTTP/1.0", "GET / HTTP/1.0\nHost: a\n\n", false},
			{"HTTP/1.0 keep-alive", "GET / HTTP/1.0\nHost: a\nConnection: keep-alive\n\n", true},
		} {
			t.Run(ca.name+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				c := hyperlaneServe(t, ca.wrap(adapter.Options{}, hyperlaneRoute(hook)))
				want := fmt.Sprint(row.keeps, row.keeps, true, false)
				c.say(row.head)
				assert.Equal(t, want, c.body())
				if !row.keeps {
					c.end()
					return
				}
				c.say(row.head)
				assert.Equal(t, want, c.body())
			})
		}
	}
}

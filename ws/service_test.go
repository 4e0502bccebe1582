package ws_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDetachedHookReads: a message hook that is called within the wait can read what comes
// next by itself, whole or not, and leave it unread.
func TestDetachedHookReads(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := c.serve(t, ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
				switch string(p) {
				case "read":
					_, next, err := c.ReadMessage()
					if err != nil {
						return err
					}
					p = append(p, next...)
				case "peek":
					_, r, err := c.NextReader()
					if err != nil {
						return err
					}
					first := make([]byte, 1)
					if _, err := io.ReadFull(r, first); err != nil {
						return err
					}
					p = append(p, first...)
				}
				return c.WriteMessage(messageType, p)
			}, &ws.Options{Detach: true}), adapter.Options{})
			p := dial(t, s, "", "")
			for range 3 {
				p.send(text("a"))
				assert.Equal(t, seen{0x81, "a"}, p.want())
				p.send(text("read"))
				p.send(text(" on"))
				assert.Equal(t, seen{0x81, "read on"}, p.want())
				p.send(text("peek") + masked(0x01, "long") + masked(0x80, "er") + text("b"))
				assert.Equal(t, seen{0x81, "peekl"}, p.want())
				assert.Equal(t, seen{0x81, "b"}, p.want())
			}
			p.send(bye(1000, "")).closes(1000)
		})
	}
}

// TestDetachedReadElsewhere: nobody but the message hook reads from a detached Conn,
// whether it waits on a goroutine or on none.
func TestDetachedReadElsewhere(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			conns := make(chan *ws.Conn, 1)
			s := c.serve(t, ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
				if string(p) == "who" {
					conns <- c
				}
				return c.WriteMessage(messageType, p)
			}, &ws.Options{Detach: true}), adapter.Options{})
			p := dial(t, s, "", text("who"))
			assert.Equal(t, seen{0x81, "who"}, p.want())
			conn := receive(t, conns, "the hook")
			for range 2 {
				p.send(masked(0x89, "x"))
				assert.Equal(t, seen{0x8a, "x"}, p.want(), "the hook has returned")
				_, _, err := conn.ReadMessage()
				assert.ErrorIs(t, err, ws.ErrDetached)
				_, _, err = conn.NextReader()
				assert.ErrorIs(t, err, ws.ErrDetached)
				var v any
				assert.ErrorIs(t, conn.ReadJSON(&v), ws.ErrDetached)
				p.silent(time.Second) // long enough to rest
			}
			_, _, err := conn.ReadMessage()
			assert.ErrorIs(t, err, ws.ErrDetached)
			p.send(text("still here"))
			assert.Equal(t, seen{0x81, "still here"}, p.want())
			p.send(bye(1000, "")).closes(1000)
		})
	}
}

// silent requires that nothing comes for so long.
func (p *peer) silent(d time.Duration) {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(d))
	_, err := p.br.Peek(1)
	require.ErrorIs(p.t, err, os.ErrDeadlineExceeded)
	_ = p.conn.SetReadDeadline(time.Now().Add(patience))
}

// TestDetachedHookClosesNetConn: a message hook may close the network connection itself,
// and does not wait for its own end.
func TestDetachedHookClosesNetConn(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		for _, elsewhere := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, "/elsewhere ", elsewhere), func(t *testing.T) {
				t.Parallel()
				last := make(chan error, 1)
				s := c.serve(t, ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
					if string(p) != "close" {
						return c.WriteMessage(messageType, p)
					}
					closed := make(chan error, 1)
					if conn := c.NetConn(); elsewhere {
						go func() { closed <- conn.Close() }()
					} else {
						closed <- conn.Close()
					}
					return receive(t, closed, "Close")
				}, &ws.Options{Detach: true, Closed: func(_ *ws.Conn, err error) { last <- err }}), adapter.Options{})
				p := dial(t, s, "", "")
				p.send(text("a"))
				assert.Equal(t, seen{0x81, "a"}, p.want())
				p.send(text("close"))
				p.ended()
				assert.Error(t, receive(t, last, "Closed"))
			})
		}
	}
}

// TestDetachedClientVanishes: an end right behind a message ends the context that the
// application waits for, although the wait for messages was not woken a second time.
func TestDetachedClientVanishes(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			gone := make(chan (<-chan struct{}), 10)
			last := make(chan error, 1)
			s := c.serve(t, ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
				gone <- c.Stream().Context().Done()
				return c.WriteMessage(messageType, p)
			}, &ws.Options{Detach: true, Closed: func(_ *ws.Conn, err error) { last <- err }}), adapter.Options{})
			p := dial(t, s, "", "")
			for range 2 {
				p.send(text("a"))
				assert.Equal(t, seen{0x81, "a"}, p.want())
			}
			p.send(text("b"))
			_ = p.conn.Close()
			for range 3 {
				receive(t, receive(t, gone, "the hook"), "the end of the context")
			}
			assert.Error(t, receive(t, last, "Closed"))
		})
	}
}

// TestDetachedPortions: whatever is cut off in the middle of a message, and however often,
// the messages around it are served within the wait and outside of it alike.
func TestDetachedPortions(t *testing.T) {
	t.Parallel()
	s := serve(t, ws.Hook(echo, &ws.Options{Detach: true}))
	long := strings.Repeat("x", 9<<10)
	says := text("one") + masked(0x89, strings.Repeat("p", 125)) + text("") + masked(0x01, "two") + masked(0x80, "!") +
		masked(0x82, strings.Repeat("y", 200)) + text("three")
	gets := []seen{{0x81, "one"}, {0x8a, strings.Repeat("p", 125)}, {0x81, ""}, {0x81, "two!"}, {0x82, strings.Repeat("y", 200)}, {0x81, "three"}}
	p := dial(t, s, "", "")
	for at := range len(says) {
		p.send(says[:at])
		if at%7 == 0 { // else both portions may come as one
			_ = p.conn.SetReadDeadline(time.Now().Add(time.Millisecond))
			_, _ = p.br.Peek(1)
			_ = p.conn.SetReadDeadline(time.Now().Add(patience))
		}
		p.send(says[at:])
		for _, want := range gets {
			require.Equal(t, want, p.want(), "cut at %d", at)
		}
	}
	p.send(text(long))
	assert.Equal(t, seen{0x81, long}, p.want())
	p.send(bye(1000, "")).closes(1000)
}

package ws_test

import (
	"errors"
	"io"
	"log"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bubble serves h in a bubble of synctest; f is a client of it.
func bubble(t *testing.T, h hooks.ServerHook, f func(t *testing.T, p *peer)) {
	synctest.Test(t, func(t *testing.T) {
		l := streamtest.Listen(&streamtest.Options{Window: 64})
		srv := &adapter.Server{Handler: carrier{}.router(h), ErrorLog: log.New(io.Discard, "", 0)}
		served := make(chan struct{})
		go func() {
			defer close(served)
			_ = srv.Serve(l)
		}()
		client, err := l.Dial()
		require.NoError(t, err)
		p := over(t, client)
		p.send(upgrade("/ws", "")).switched()
		f(t, p)
		_ = client.Close()
		_ = srv.Close()
		<-served
	})
}

// TestDeadPeer: a client that says nothing is sent a ping after one interval, and is cut
// off after two.
func TestDeadPeer(t *testing.T) {
	t.Parallel()
	for _, detach := range []bool{false, true} {
		closed := make(chan error, 1)
		h := ws.Hook(echo, &ws.Options{Detach: detach, Closed: func(_ *ws.Conn, err error) { closed <- err }})
		bubble(t, h, func(t *testing.T, p *peer) {
			start := time.Now()
			assert.Equal(t, seen{0x89, ""}, p.want())
			assert.Equal(t, ws.DefaultPingInterval, time.Since(start))
			_, err := p.read()
			assert.ErrorIs(t, err, io.EOF)
			assert.Equal(t, 2*ws.DefaultPingInterval, time.Since(start))
			synctest.Wait()
			err = <-closed
			assert.ErrorIs(t, err, ws.ErrPeerDead)
			assert.ErrorIs(t, err, stream.ErrClosed)
		})
	}
}

// TestLivePeer: whatever the client sends shows that it lives.
func TestLivePeer(t *testing.T) {
	t.Parallel()
	for name, sign := range map[string]string{"pong": masked(0x8a, "x"), "ping": masked(0x89, ""), "half a message": masked(0x01, "a"), "text": text("a")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, ws.Hook(echo, &ws.Options{PingInterval: time.Second}), func(t *testing.T, p *peer) {
				for i := range 10 {
					assert.Equal(t, seen{0x89, ""}, p.want())
					time.Sleep(999 * time.Millisecond) // nearly too late
					if name == "half a message" && i > 0 {
						sign = masked(0x00, "a")
					}
					p.send(sign)
					switch name {
					case "ping":
						assert.Equal(t, seen{0x8a, ""}, p.want())
					case "text":
						assert.Equal(t, seen{0x81, "a"}, p.want())
					}
				}
				start := time.Now()
				assert.Equal(t, seen{0x89, ""}, p.want())
				assert.Equal(t, time.Second, time.Since(start), "what is heard puts the ping off")
			})
		})
	}
}

// TestBusyHook: who does not read cannot hear a client, and does not hold that against it.
func TestBusyHook(t *testing.T) {
	t.Parallel()
	h := ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
		time.Sleep(10 * time.Minute)
		return echo(c, messageType, p)
	}, nil)
	bubble(t, h, func(t *testing.T, p *peer) {
		p.send(text("a"))
		for {
			f := p.want()
			if f.op() == ws.PingMessage {
				continue // no pong: it would not be read
			}
			assert.Equal(t, seen{0x81, "a"}, f)
			break
		}
		start := time.Now()
		assert.Equal(t, seen{0x89, ""}, p.want())
		assert.LessOrEqual(t, time.Since(start), ws.DefaultPingInterval)
		p.send(masked(0x8a, ""))
	})
}

// TestNoPings: they can be switched off.
func TestNoPings(t *testing.T) {
	t.Parallel()
	bubble(t, ws.Hook(echo, &ws.Options{PingInterval: -1}), func(t *testing.T, p *peer) {
		time.Sleep(24 * time.Hour)
		assert.Equal(t, seen{0x81, "a"}, p.send(text("a")).want())
	})
}

// TestCloseTimeout: a client that does not answer a close frame is cut off.
func TestCloseTimeout(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(*ws.Conn) error{
		"Hook":    func(c *ws.Conn) error { return c.Close() },
		"error":   func(*ws.Conn) error { return errors.New("no") },
		"no ping": func(c *ws.Conn) error { return c.CloseWith(4000, "") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			interval := time.Duration(0)
			if name == "no ping" {
				interval = -1
			}
			h := ws.Hook(func(c *ws.Conn, _ int, _ []byte) error { return f(c) }, &ws.Options{PingInterval: interval})
			bubble(t, h, func(t *testing.T, p *peer) {
				p.send(text("a"))
				start := time.Now()
				assert.Equal(t, ws.CloseMessage, p.want().op())
				for range 3 {
					p.send(text("still there"))
				}
				_, err := p.read()
				assert.ErrorIs(t, err, io.EOF)
				assert.Equal(t, ws.DefaultCloseTimeout, time.Since(start))
			})
		})
	}
	t.Run("returns", func(t *testing.T) {
		t.Parallel()
		bubble(t, accepting(nil, func(*ws.Conn) {}), func(t *testing.T, p *peer) {
			start := time.Now()
			assert.Equal(t, 1000, p.want().code())
			_, err := p.read()
			assert.ErrorIs(t, err, io.EOF)
			assert.Equal(t, ws.DefaultCloseTimeout, time.Since(start))
		})
	})
}

// TestReadDeadline: a read that takes too long is the last.
func TestReadDeadline(t *testing.T) {
	t.Parallel()
	h := accepting(nil, func(c *ws.Conn) {
		assert.NoError(t, c.SetReadDeadline(time.Now().Add(time.Second)))
		for range 2 {
			_, _, err := c.ReadMessage()
			assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
			assert.Error(t, c.Stream().Context().Err())
		}
	})
	bubble(t, h, func(t *testing.T, p *peer) {
		start := time.Now()
		assert.Equal(t, 1000, p.want().code())
		assert.Equal(t, time.Second, time.Since(start))
		_, err := p.read()
		require.ErrorIs(t, err, io.EOF)
	})
}

// TestCloseInVain: where no close frame can be sent the client is cut off all the same,
// however often somebody tries.
func TestCloseInVain(t *testing.T) {
	t.Parallel()
	h := ws.Hook(func(c *ws.Conn, _ int, _ []byte) error {
		c.Stream().SetClosed(true)
		for range 10 {
			assert.ErrorIs(t, c.Close(), stream.ErrClosed)
			time.Sleep(time.Second)
		}
		return nil
	}, nil)
	bubble(t, h, func(t *testing.T, p *peer) {
		start := time.Now()
		p.send(text("a"))
		_, err := p.read()
		assert.ErrorIs(t, err, io.EOF)
		assert.Equal(t, ws.DefaultCloseTimeout, time.Since(start))
		time.Sleep(10 * time.Second) // the hook's
	})
}

// TestPingAtClose: a ping that is due while the close frame is sent does not use up the
// client's time to answer.
func TestPingAtClose(t *testing.T) {
	t.Parallel()
	assert.True(t, ws.ClosesLate(&ws.Options{PingInterval: time.Hour, CloseTimeout: time.Hour}))
}

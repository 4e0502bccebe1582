package ws_test

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
)

var errRevoked = errors.New("the token was revoked")

// pongs answers each ping until something else comes, and returns that.
func pongs(p *peer) (seen, error) {
	for {
		got, err := p.read()
		if err != nil || got.first != 0x89 {
			return got, err
		}
		p.send(masked(0x8a, got.payload))
	}
}

// TestLife: a WebSocket that must not go on is closed with the code and text of the reason,
// which Options.Closed gets.
func TestLife(t *testing.T) {
	t.Parallel()
	const interval = 10 * time.Second
	loggedOut := &ws.CloseError{Code: 4001, Text: "log in"}
	unsendable := &ws.CloseError{Code: 1005, Text: "x"}
	for name, tc := range map[string]struct {
		lifetime time.Duration
		asks     int64  // of Revalidate until it refuses
		want     string // the payload of the close frame
		reason   error
		from, to time.Duration
	}{
		"Lifetime":      {time.Hour, 0, "\x03\xe9expired", stream.ErrExpired, 54 * time.Minute, time.Hour},
		"Revalidate":    {0, 3, "\x03\xf0not allowed any more", errRevoked, 3 * interval, 3 * interval},
		"a close error": {0, 2, "\x0f\xa1log in", loggedOut, 2 * interval, 2 * interval},
		"a bad code":    {0, 1, "\x03\xf0not allowed any more", unsendable, interval, interval},
	} {
		for _, detach := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " detached ", detach), func(t *testing.T) {
				t.Parallel()
				closed := make(chan error, 1) // of no bubble: it does not block
				opts := ws.Options{Lifetime: tc.lifetime}
				if tc.asks > 0 {
					var asked atomic.Int64
					opts.Revalidate = func(c *ws.Conn) error {
						assert.Equal(t, "a", c.Context().Request().Host)
						if asked.Add(1) < tc.asks {
							return nil
						}
						return tc.reason
					}
				}
				opts.PingInterval, opts.Detach = interval, detach
				opts.Closed = func(_ *ws.Conn, err error) { closed <- err }
				bubble(t, ws.Hook(echo, &opts), func(t *testing.T, p *peer) {
					begun := time.Now()
					got, err := pongs(p)
					assert.NoError(t, err)
					assert.Equal(t, seen{0x88, tc.want}, got)
					assert.GreaterOrEqual(t, time.Since(begun), tc.from)
					assert.LessOrEqual(t, time.Since(begun), tc.to)
					p.send(masked(0x88, tc.want))
					_, err = p.read()
					assert.ErrorIs(t, err, io.EOF)
					synctest.Wait()
					err = <-closed
					if want, ok := tc.reason.(*ws.CloseError); ok {
						var got *ws.CloseError
						assert.ErrorAs(t, err, &got)
						assert.Equal(t, want, got)
					} else {
						assert.ErrorIs(t, err, tc.reason)
					}
				})
			})
		}
	}
}

// TestLifeOfBusy: a WebSocket that is not silent is asked about all the same, and asking
// holds up no message.
func TestLifeOfBusy(t *testing.T) {
	t.Parallel()
	h := ws.Hook(echo, &ws.Options{PingInterval: 10 * time.Second, Revalidate: func(c *ws.Conn) error {
		select {
		case <-time.After(5 * time.Second):
		case <-c.Stream().Context().Done():
		}
		return errRevoked
	}})
	bubble(t, h, func(t *testing.T, p *peer) {
		for i := range 15 {
			assert.Equal(t, seen{0x81, "x"}, p.send(text("x")).want(), i)
			time.Sleep(time.Second)
		}
		p.closes(ws.ClosePolicyViolation)
	})
}

// TestLifeAfterAll: a client that leaves while it is asked about ends the WebSocket.
func TestLifeAfterAll(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	h := ws.Hook(echo, &ws.Options{PingInterval: 10 * time.Second, Lifetime: time.Minute, Revalidate: func(c *ws.Conn) error {
		<-c.Stream().Context().Done()
		asked.Add(1)
		return errRevoked
	}})
	bubble(t, h, func(t *testing.T, p *peer) {
		_, _ = p.read() // the ping
		synctest.Wait()
		assert.Zero(t, asked.Load())
		_ = p.conn.Close()
		synctest.Wait()
		assert.EqualValues(t, 1, asked.Load())
	})
}

package ws_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestServerCloses: whoever closes on this side, the client gets the code and is waited
// for, and then the server closes the connection.
func TestServerCloses(t *testing.T) {
	t.Parallel()
	code := func(code int, text string) error { return &ws.CloseError{Code: code, Text: text} }
	long := strings.Repeat("é", 100)
	for _, row := range []struct {
		name   string
		f      func(*ws.Conn) error // on the first message
		code   int
		reason string
		err    string // of Options.Closed; "": the client's answer
	}{
		{"Close", func(c *ws.Conn) error { return c.Close() }, 1000, "", ""},
		{"Close twice", func(c *ws.Conn) error { return errors.Join(c.Close(), c.Close()) }, 1000, "", ""},
		{"CloseWith", func(c *ws.Conn) error { return c.CloseWith(4000, "why") }, 4000, "why", ""},
		{"no status", func(c *ws.Conn) error { return c.CloseWith(ws.CloseNoStatusReceived, "") }, 1005, "", ""},
		{"long reason", func(c *ws.Conn) error { return c.CloseWith(1000, long) }, 1000, long[:122], ""},
		{"WriteControl", func(c *ws.Conn) error {
			return c.WriteControl(ws.CloseMessage, websocket.FormatCloseMessage(1001, "x"), time.Time{})
		}, 1001, "x", ""},
		{"WriteMessage", func(c *ws.Conn) error {
			return c.WriteMessage(ws.CloseMessage, websocket.FormatCloseMessage(1001, "x"))
		}, 1001, "x", ""},
		{"SendList", func(c *ws.Conn) error {
			return c.SendList(ws.Frames(ws.CloseMessage, websocket.FormatCloseMessage(1001, "x")))
		}, 1001, "x", ""},
		{"error", func(*ws.Conn) error { return io.ErrNoProgress }, 1011, "", io.ErrNoProgress.Error()},
		{"close error", func(*ws.Conn) error { return fmt.Errorf("no: %w", code(1008, "no")) }, 1008, "no", "no: websocket: close 1008 (policy violation): no"},
		{"close error that cannot be sent", func(*ws.Conn) error { return code(1006, "no") }, 1011, "", "websocket: close 1006 (abnormal closure): no"},
	} {
		for _, detach := range []bool{false, true} {
			t.Run(fmt.Sprint(row.name, "/detach ", detach), func(t *testing.T) {
				t.Parallel()
				closed, after := make(chan error, 1), make(chan error, 1)
				calls := 0
				s := serve(t, ws.Hook(func(c *ws.Conn, _ int, _ []byte) error {
					calls++
					err := row.f(c)
					after <- c.WriteMessage(ws.TextMessage, nil)
					return err
				}, &ws.Options{Detach: detach, Closed: func(_ *ws.Conn, err error) { closed <- err }}))
				p := dial(t, s, "", text("a")+text("b"))
				if row.code != 1011 && row.code != 1008 {
					assert.ErrorIs(t, receive(t, after, "a write"), ws.ErrCloseSent)
				} else {
					assert.NoError(t, receive(t, after, "a write"))
					p.want()
				}
				f := p.want()
				assert.Equal(t, row.code, f.code())
				assert.Equal(t, row.reason, f.payload[min(2, len(f.payload)):])
				p.send(text("c") + bye(1000, "bye")).ended()
				err := receive(t, closed, "Closed")
				if row.err != "" {
					assert.EqualError(t, err, row.err)
				} else {
					assert.True(t, websocket.IsCloseError(err, 1000), "%v", err)
				}
				assert.Equal(t, 1, calls, "the hook runs for no message behind its close")
			})
		}
	}
}

// TestHookReturns: what a hook leaves open is closed, and what it leaves running gets
// errors.
func TestHookReturns(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			left := make(chan *ws.Conn, 1)
			read := make(chan error, 1)
			s := c.serve(t, accepting(nil, func(conn *ws.Conn) {
				_, _, err := conn.ReadMessage()
				assert.NoError(t, err)
				go func() {
					for {
						if _, _, err := conn.ReadMessage(); err != nil {
							read <- err
							return
						}
					}
				}()
				left <- conn
			}), adapter.Options{})
			p := dial(t, s, "", text("a"))
			conn := receive(t, left, "the hook")
			assert.Equal(t, 1000, p.want().code())
			assert.ErrorIs(t, conn.WriteMessage(ws.TextMessage, nil), ws.ErrCloseSent)
			p.send(bye(1000, "")).ended()
			assert.Error(t, receive(t, read, "the reader"))
			_, _, err := conn.ReadMessage()
			assert.Error(t, err)
			assert.Error(t, conn.TryWrite(ws.TextMessage, nil))
			assert.Error(t, conn.Stream().TrySend([]byte("x")))
		})
	}
}

// TestPanic: a panic closes with 1011, and runs the task-panic hooks that are still there.
func TestPanic(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		for _, detach := range []bool{false, true} {
			for _, v := range []any{"out of order", http.ErrAbortHandler} {
				t.Run(fmt.Sprint(c.name, "/detach ", detach, "/", v), func(t *testing.T) {
					t.Parallel()
					closed, caught := make(chan error, 1), make(chan any, 2)
					report := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
						caught <- c.TaskPanic().Value
						return hooks.Continue
					})
					c := c
					c.around = middleware.TaskPanic(report)
					opts := adapter.Options{}
					if detach { // what middleware had is over
						c.around, opts.TaskPanicHooks = nil, hooks.Chain{report}
					}
					s := c.serve(t, ws.Hook(func(*ws.Conn, int, []byte) error { panic(v) }, &ws.Options{
						Detach: detach, Closed: func(_ *ws.Conn, err error) { closed <- err },
					}), opts)
					p := dial(t, s, "", text("a"))
					p.closes(1011)
					assert.Error(t, receive(t, closed, "Closed"))
					if v == http.ErrAbortHandler || c.bare && detach {
						return
					}
					assert.Equal(t, v, receive(t, caught, "the panic"))
					assert.Contains(t, s.log.String(), "out of order")
				})
			}
		}
	}
}

// TestConnected: an error of Connected closes what was accepted.
func TestConnected(t *testing.T) {
	t.Parallel()
	for _, detach := range []bool{false, true} {
		closed := make(chan error, 1)
		s := serve(t, ws.Hook(echo, &ws.Options{
			Detach:    detach,
			Connected: func(c *ws.Conn) error { return errors.Join(c.WriteMessage(1, []byte("no")), io.ErrNoProgress) },
			Closed:    func(_ *ws.Conn, err error) { closed <- err },
		}))
		p := dial(t, s, "", text("a"))
		assert.Equal(t, seen{0x81, "no"}, p.want())
		assert.Equal(t, 1011, p.want().code())
		p.send(bye(1011, "")).ended()
		assert.ErrorIs(t, receive(t, closed, "Closed"), io.ErrNoProgress)
	}
}

// TestClientLeaves: the hook learns how the client left, and the Stream's context ends,
// whether or not somebody reads.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		leave func(*peer)
		code  int // 0: no close error
	}{
		"with a code":     {func(p *peer) { p.send(bye(4321, "gone fishing")) }, 4321},
		"with nothing":    {func(p *peer) { p.send(masked(0x88, "")) }, 1005},
		"without a word":  {func(p *peer) { _ = p.conn.Close() }, 1006},
		"within a frame":  {func(p *peer) { p.send(head(0x81, 10)); _ = p.conn.Close() }, 1006},
		"within a text":   {func(p *peer) { p.send(masked(0x01, "a")); _ = p.conn.Close() }, 1006},
		"by half a close": {func(p *peer) { _ = p.conn.(*net.TCPConn).CloseWrite() }, 1006},
		"by a reset": {func(p *peer) {
			_ = p.conn.(*net.TCPConn).SetLinger(0)
			_ = p.conn.Close()
		}, 0},
	} {
		for _, c := range carriers() {
			t.Run(name+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				got := make(chan error, 1)
				s := c.serve(t, accepting(nil, func(conn *ws.Conn) {
					_, _, err := conn.ReadMessage()
					select {
					case <-conn.Stream().Context().Done():
					case <-time.After(patience):
						t.Error("the context goes on")
					}
					got <- err
				}), adapter.Options{})
				row.leave(dial(t, s, "", ""))
				err := receive(t, got, "the hook")
				var closed *ws.CloseError
				if row.code == 0 {
					assert.Error(t, err)
					return
				}
				require.ErrorAs(t, err, &closed)
				assert.Equal(t, row.code, closed.Code)
				assert.True(t, websocket.IsCloseError(err, row.code))
			})
		}
	}
	for _, c := range carriers() {
		t.Run("nobody reads/"+c.name, func(t *testing.T) {
			t.Parallel()
			ended := make(chan struct{})
			s := c.serve(t, accepting(nil, func(conn *ws.Conn) {
				<-conn.Stream().Context().Done()
				close(ended)
			}), adapter.Options{})
			_ = dial(t, s, "", "").conn.Close()
			receive(t, ended, "the context's end")
		})
	}
}

// TestShutdown: every WebSocket gets 1001, on every carrier, and Shutdown waits for them.
func TestShutdown(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		for _, detach := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, "/detach ", detach), func(t *testing.T) {
				t.Parallel()
				const n = 50
				s := c.serve(t, ws.Hook(echo, &ws.Options{Detach: detach}), adapter.Options{DrainWindow: 20 * time.Millisecond})
				said := make(chan error, n)
				for range n {
					conn := gorilla(t, s, nil)
					require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte("a")))
					_, _, err := conn.ReadMessage()
					require.NoError(t, err)
					go func() {
						_, _, err := conn.ReadMessage() // gorilla answers
						said <- err
					}()
				}
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				assert.NoError(t, s.stop(ctx))
				for range n {
					err := receive(t, said, "a close frame")
					var closed *websocket.CloseError
					require.ErrorAs(t, err, &closed)
					assert.Equal(t, 1001, closed.Code)
					assert.Equal(t, "going away", closed.Text)
				}
			})
		}
	}
}

// TestShutdownCuts: a client that does not answer is cut with the context of Shutdown.
func TestShutdownCuts(t *testing.T) {
	t.Parallel()
	for _, detach := range []bool{false, true} {
		closed := make(chan error, 1)
		s := serve(t, ws.Hook(echo, &ws.Options{
			Detach: detach, CloseTimeout: time.Hour, Closed: func(_ *ws.Conn, err error) { closed <- err },
		}))
		p := dial(t, s, "", "")
		p.send(text("a")).want()
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		assert.ErrorIs(t, s.stop(ctx), context.DeadlineExceeded)
		assert.Equal(t, 1001, p.want().code())
		assert.ErrorIs(t, receive(t, closed, "Closed"), net.ErrClosed)
	}
}

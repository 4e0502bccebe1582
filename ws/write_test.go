package ws_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var messages = flag.Int("ws.messages", 20_000, "messages that TestNoneLost echoes")

// TestWriters: 64 goroutines write by every method at once; the client finds frames of
// the protocol, and each writer's messages whole and in order.
func TestWriters(t *testing.T) {
	t.Parallel()
	const writers, each = 64, 30
	type mark struct{ Writer, Number int }
	for _, lines := range []string{"", "Sec-WebSocket-Extensions: permessage-deflate\r\n"} {
		for _, c := range carriers() {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				problems := make(chan error, writers+1)
				s := c.serve(t, accepting(&ws.Options{Compression: true}, func(conn *ws.Conn) {
					var all sync.WaitGroup
					for w := range writers {
						all.Go(func() {
							for n := range each {
								p, _ := json.Marshal(mark{w, n})
								p = append(p, strings.Repeat(" ", n*w)...)
								if err := writeSomehow(conn, w+n, p); err != nil {
									problems <- fmt.Errorf("writer %d: %w", w, err)
									return
								}
							}
						})
					}
					all.Wait()
					problems <- conn.Close()
					for {
						if _, _, err := conn.ReadMessage(); err != nil {
							return
						}
					}
				}), adapter.Options{QueueSize: 16 << 20})
				p := connect(t, s)
				resp := p.send(upgrade("/ws", lines)).switched()
				next := map[int]int{}
				in := inflater{t: t}
				for total := 0; total < writers*each; {
					f := p.want()
					if f.op() >= 8 {
						require.Equal(t, websocket.PongMessage, f.op())
						continue
					}
					whole, ok := in.add(f)
					if !ok {
						continue
					}
					var m mark
					require.NoError(t, json.Unmarshal([]byte(whole), &m))
					assert.Equal(t, next[m.Writer], m.Number, "of writer %d", m.Writer)
					next[m.Writer] = m.Number + 1
					total++
				}
				assert.Equal(t, lines != "", resp.Header.Get("Sec-WebSocket-Extensions") != "")
				assert.NoError(t, receive(t, problems, "the writers"))
				assert.Equal(t, 1000, p.want().code())
				p.send(bye(1000, "")).ended()
			})
		}
	}
}

// writeSomehow sends a text message, or a pong and a text message, by the n-th method.
func writeSomehow(c *ws.Conn, n int, p []byte) error {
	switch n % 7 {
	case 0:
		return c.WriteMessage(ws.TextMessage, p)
	case 1:
		return c.TryWrite(ws.TextMessage, p)
	case 2:
		return c.SendList(ws.Frames(ws.TextMessage, p))
	case 3:
		return c.TrySendList(append(ws.Frames(ws.PongMessage, []byte("x")), ws.Frames(ws.TextMessage, p)...))
	case 4:
		w, err := c.NextWriter(ws.TextMessage)
		if err != nil {
			return err
		}
		for _, b := range p {
			if _, err := w.Write([]byte{b}); err != nil {
				return err
			}
		}
		return w.Close()
	case 5:
		m, err := ws.NewPreparedMessage(ws.TextMessage, p)
		if err != nil {
			return err
		}
		if err := c.WriteControl(ws.PongMessage, nil, time.Time{}); err != nil {
			return err
		}
		return c.TryWritePrepared(m)
	default:
		return c.WriteJSON(json.RawMessage(p))
	}
}

// accepting is a hook that accepts and gives the Conn to f.
func accepting(opts *ws.Options, f func(*ws.Conn)) hooks.ServerHook {
	return hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		conn, err := ws.Accept(s, c, opts)
		if err != nil {
			return hooks.Reject
		}
		f(conn)
		return hooks.Continue
	})
}

// TestNoneLost: with many messages in flight none is lost or overtaken.
func TestNoneLost(t *testing.T) {
	t.Parallel()
	for _, detach := range []bool{false, true} {
		t.Run(fmt.Sprint("detach ", detach), func(t *testing.T) {
			t.Parallel()
			s := serve(t, ws.Hook(echo, &ws.Options{Detach: detach}))
			const clients, burst = 4, 16
			var all sync.WaitGroup
			for range clients {
				p := dial(t, s, "", "")
				all.Go(func() {
					for n := 0; n < *messages/clients; n += burst {
						var says strings.Builder
						for i := range burst {
							says.WriteString(text(fmt.Sprint(n + i)))
						}
						_ = p.conn.SetDeadline(time.Now().Add(patience))
						if _, err := io.WriteString(p.conn, says.String()); !assert.NoError(t, err) {
							return
						}
						for i := range burst {
							f, err := p.read()
							if !assert.NoError(t, err) || !assert.Equal(t, seen{0x81, fmt.Sprint(n + i)}, f) {
								return
							}
						}
					}
				})
			}
			all.Wait()
		})
	}
}

// TestBurst: the answers to a burst leave in one write.
func TestBurst(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]*ws.Options{"attached": nil, "detached": {Detach: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var writes atomic.Int64
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			gate := make(chan struct{})
			srv := &adapter.Server{Handler: carrier{}.router(ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
				if string(p) == "wait" {
					<-gate // until all of the burst is there
				}
				return c.WriteMessage(messageType, p)
			}, opts))}
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = srv.Serve(streamtest.CountWrites(l, &writes))
			}()
			t.Cleanup(func() {
				_ = srv.Close()
				<-done
			})
			p := dial(t, &service{addr: l.Addr().String()}, "", "")
			p.send(text("wait"))
			for range 15 {
				p.send(text("go"))
			}
			before := writes.Load()
			close(gate)
			for i := range 16 {
				assert.Equal(t, map[bool]string{true: "wait", false: "go"}[i == 0], p.want().payload)
			}
			// The first is sent before the others are looked at. A machine that has other
			// things to do for a millisecond may need a few more than two.
			assert.LessOrEqual(t, writes.Load()-before, int64(8))
			p.send(bye(1000, "")).closes(1000)
		})
	}
}

// TestHeldBack: an answer that was held back because more has come leaves by itself, if
// the hook then takes its time.
func TestHeldBack(t *testing.T) {
	t.Parallel()
	got := make(chan struct{})
	s := serve(t, ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
		if err := c.WriteMessage(messageType, p); err != nil {
			return err
		}
		if string(p) == "first" {
			<-got
		}
		return nil
	}, nil))
	p := dial(t, s, "", text("first")+text("second")+text("third"))
	assert.Equal(t, "first", p.want().payload)
	close(got)
	assert.Equal(t, "second", p.want().payload)
	assert.Equal(t, "third", p.want().payload)
	p.send(bye(1000, "")).closes(1000)
}

// TestTryWrite: a client that does not read holds nobody up, and everything that was
// accepted arrives.
func TestTryWrite(t *testing.T) {
	t.Parallel()
	for name, try := range map[string]func(*ws.Conn, []byte) error{
		"TryWrite":    func(c *ws.Conn, p []byte) error { return c.TryWrite(ws.BinaryMessage, p) },
		"TrySendList": func(c *ws.Conn, p []byte) error { return c.TrySendList(ws.Frames(ws.BinaryMessage, p)) },
		"TryWritePrepared": func(c *ws.Conn, p []byte) error {
			m, err := ws.NewPreparedMessage(ws.BinaryMessage, p)
			return errors.Join(err, c.TryWritePrepared(m))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			accepted := make(chan int, 1)
			s := serve(t, accepting(nil, func(c *ws.Conn) {
				p := make([]byte, 32<<10)
				n := 0
				for ; ; n++ {
					p[0] = byte(n)
					err := try(c, p)
					if err != nil {
						assert.ErrorIs(t, err, stream.ErrBufferFull)
						break
					}
				}
				accepted <- n
				_, _, _ = c.ReadMessage()
			}))
			p := dial(t, s, "", "")
			n := receive(t, accepted, "a full queue")
			for i := range n {
				f := p.want()
				require.Equal(t, byte(i), f.payload[0])
				require.Len(t, f.payload, 32<<10)
			}
			p.send(bye(1000, "")).closes(1000)
		})
	}
}

// TestFrames: a message in frames is the message, whatever its length.
func TestFrames(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 125, 126, 65535, 65536, 200_000} {
		want := strings.Repeat("ab", n/2+1)[:n]
		frames := ws.Frames(ws.TextMessage, []byte(want))
		assert.Len(t, frames, max(1, (n+65534)/65535))
		s := serve(t, accepting(nil, func(c *ws.Conn) {
			assert.NoError(t, c.SendList(append(frames, ws.Frames(ws.PingMessage, []byte("p"))...)))
			_, _, _ = c.ReadMessage()
		}))
		conn := gorilla(t, s, nil)
		pinged := ""
		conn.SetPingHandler(func(data string) error { pinged = data; return nil })
		kind, p, err := conn.ReadMessage()
		require.NoError(t, err)
		assert.Equal(t, ws.TextMessage, kind)
		assert.Equal(t, want, string(p))
		_ = conn.WriteControl(websocket.CloseMessage, nil, time.Now().Add(patience))
		_, _, err = conn.ReadMessage()
		assert.True(t, websocket.IsCloseError(err, 1005), "%v", err)
		assert.Equal(t, "p", pinged)
	}
	assert.Nil(t, ws.Frames(3, nil))
	assert.Nil(t, ws.Frames(ws.PingMessage, make([]byte, 126)))
}

// gorilla connects to s by gorilla's client.
func gorilla(t *testing.T, s *service, d *websocket.Dialer) *websocket.Conn {
	t.Helper()
	if d == nil {
		d = &websocket.Dialer{}
	}
	conn, resp, err := d.Dial("ws://"+s.addr+"/ws", nil)
	require.NoError(t, err)
	_ = resp.Body.Close()
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
	return conn
}

// TestMisuse: what no message is, is refused before anything is sent.
func TestMisuse(t *testing.T) {
	t.Parallel()
	s := serve(t, accepting(nil, func(c *ws.Conn) {
		for name, err := range map[string]error{
			"type":            c.WriteMessage(7, nil),
			"try type":        c.TryWrite(0, nil),
			"control type":    c.WriteControl(ws.TextMessage, nil, time.Time{}),
			"long control":    c.WriteControl(ws.PingMessage, make([]byte, 126), time.Time{}),
			"late control":    c.WriteControl(ws.PingMessage, nil, time.Now().Add(-1)),
			"no frames":       c.SendList(nil),
			"JSON":            c.WriteJSON(func() {}),
			"close code":      c.CloseWith(1006, ""),
			"close code 2999": c.CloseWith(2999, ""),
		} {
			assert.Error(t, err, name)
		}
		_, err := c.NextWriter(5)
		assert.Error(t, err)
		_, err = ws.NewPreparedMessage(ws.PingMessage, nil)
		assert.Error(t, err)
		w, err := c.NextWriter(ws.TextMessage)
		assert.NoError(t, err)
		assert.NoError(t, w.Close())
		assert.Error(t, w.Close())
		_, err = w.Write(nil)
		assert.Error(t, err)
	}))
	p := dial(t, s, "", "")
	assert.Equal(t, seen{0x81, ""}, p.want())
	assert.Equal(t, 1000, p.want().code())
	p.send(bye(1000, "")).ended()
	assert.Panics(t, func() { ws.Hook(nil, nil) })
	assert.Panics(t, func() { ws.Hook(echo, &ws.Options{CompressionLevel: 10}) })
	assert.Panics(t, func() { ws.Hook(echo, &ws.Options{Origins: []string{"["}}) })
}

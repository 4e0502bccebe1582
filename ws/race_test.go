package ws_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
)

// TestAllAtOnce: senders, closers, clients that leave and a Shutdown meet in any order;
// whoever comes too late gets an error, and nothing panics or is left behind.
func TestAllAtOnce(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		for _, detach := range []bool{false, true} {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				const clients = 40
				var room sync.Map
				var closed sync.WaitGroup
				closed.Add(clients)
				s := c.serve(t, ws.Hook(echo, &ws.Options{
					Detach: detach, CloseTimeout: 50 * time.Millisecond, PingInterval: time.Millisecond,
					Connected: func(c *ws.Conn) error { room.Store(c, nil); return nil },
					Closed:    func(c *ws.Conn, _ error) { room.Delete(c); closed.Done() },
				}), adapter.Options{QueueSize: 1 << 10})
				m, err := ws.NewPreparedMessage(ws.TextMessage, []byte("to all"))
				assert.NoError(t, err)
				stop := make(chan struct{})
				var senders, readers sync.WaitGroup
				for range 4 {
					senders.Go(func() {
						for {
							for c := range room.Range {
								conn := c.(*ws.Conn)
								switch rand.IntN(40) {
								case 0:
									_ = conn.CloseWith(4000, "enough")
								case 1:
									_ = conn.SetReadDeadline(time.Now().Add(time.Hour))
								case 2:
									conn.Stream().SetClosed(true)
								case 3:
									_ = conn.Stream().Context().Err()
									_, _ = conn.RemoteAddr(), conn.Subprotocol()
								case 4:
									_ = conn.WriteMessage(ws.TextMessage, make([]byte, 600))
								default:
									err := conn.TryWritePrepared(m)
									known := err == nil || errors.Is(err, stream.ErrBufferFull) || errors.Is(err, ws.ErrCloseSent) || errors.Is(err, stream.ErrClosed)
									assert.True(t, known, "%v", err)
								}
							}
							select {
							case <-stop:
								return
							default:
								time.Sleep(time.Microsecond) // of the sender's, nobody waits for it
							}
						}
					})
				}
				for i := range clients {
					p := dial(t, s, "", text("a"))
					readers.Go(func() {
						for range i {
							if _, err := p.read(); err != nil {
								break
							}
						}
						if i%3 == 0 {
							_, _ = p.conn.Write([]byte(bye(1000, "")))
						}
						if i%3 == 1 {
							_ = p.conn.(*net.TCPConn).SetLinger(0)
						}
						if i%4 != 0 {
							_ = p.conn.Close()
						}
					})
				}
				readers.Wait()
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				assert.NoError(t, s.stop(ctx))
				closed.Wait()
				close(stop)
				senders.Wait()
			})
		}
	}
}

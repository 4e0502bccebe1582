package http1_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A peer that was sending all the while can read the answer nevertheless: a close
// with unread input would have reset the connection (RFC 9112, 9.6).
func TestLinger(t *testing.T) {
	t.Parallel()
	for _, kind := range carriers[:2] {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			for range 20 {
				server, client := kind.open(t)
				c := http1.NewConn(server, http1.Config{QueueSize: 1 << 20})
				sent := later(func() error {
					_, err := client.Write(make([]byte, 100<<10))
					return err
				})
				require.NoError(t, c.WaitReadable())
				answer := strings.Repeat("answer", 1000)
				require.NoError(t, c.Out.Send(nil, []byte(answer)))
				lingered := later(func() error { c.Linger(); return nil })
				require.NoError(t, <-sent)
				got, err := io.ReadAll(client)
				require.NoError(t, err, "no reset")
				assert.Equal(t, answer, string(got))
				client.Close()
				<-lingered
				assert.ErrorIs(t, c.Out.Send(nil, []byte("x")), http1.ErrClosed)
				assert.ErrorIs(t, server.SetDeadline(time.Time{}), net.ErrClosed)
			}
		})
	}
}

// A halfPipe is a net.Pipe of which one direction can be said to end.
type halfPipe struct {
	net.Conn
	ended  int
	closed bool
}

func (h *halfPipe) CloseWrite() error { h.ended++; return nil }

func (h *halfPipe) Close() error { h.closed = true; return h.Conn.Close() }

// It waits for 500 ms and takes 256 KiB, and no more of either.
func TestLingerIsBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what string
		peer func(client net.Conn)
		took time.Duration
		most int // bytes taken from the peer, and a buffer's size
	}{
		{"silent", func(client net.Conn) { io.Copy(io.Discard, client) }, 500 * time.Millisecond, 0},
		{"leaves", func(client net.Conn) { time.Sleep(time.Millisecond); client.Close() }, time.Millisecond, 0},
		{"sends now and then", func(client net.Conn) {
			for err := error(nil); err == nil; time.Sleep(time.Millisecond) {
				_, err = client.Write([]byte("x"))
			}
		}, 500 * time.Millisecond, 500},
		{"sends without end", func(client net.Conn) {
			for err := error(nil); err == nil; {
				_, err = client.Write(make([]byte, 1<<10))
			}
		}, 500 * time.Millisecond, 256 << 10},
	} {
		t.Run(c.what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				server, client := net.Pipe()
				half := &halfPipe{Conn: server}
				conn := http1.NewConn(half, http1.Config{})
				conn.Watch()
				synctest.Wait()
				start := time.Now()
				counted := &countedConn{Conn: client}
				peer := later(func() error { c.peer(counted); return nil })
				conn.Linger()
				assert.Equal(t, c.took, time.Since(start))
				<-peer
				assert.Equal(t, 1, half.ended)
				assert.True(t, half.closed)
				assert.LessOrEqual(t, counted.written, c.most+4096)
				assert.GreaterOrEqual(t, counted.written, c.most)
				client.Close()
			})
		})
	}
}

// A countedConn counts what its peer took.
type countedConn struct {
	net.Conn
	written int
}

func (c *countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.written += n
	return n, err
}

// Without a way to end one direction there is nothing to wait for.
func TestLingerOverAPipe(t *testing.T) {
	bubble(t, func(t *testing.T) {
		server, client := net.Pipe()
		conn := http1.NewConn(server, http1.Config{})
		start := time.Now()
		conn.Linger()
		assert.Zero(t, time.Since(start))
		_, err := client.Read(make([]byte, 1))
		assert.Equal(t, io.EOF, err)
		client.Close()
	})
}

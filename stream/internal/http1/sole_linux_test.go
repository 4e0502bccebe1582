package http1_test

import (
	"errors"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// Writes of a connection that nobody else has go by its descriptor's number, which is
// another socket's as soon as it was closed: "not a byte of one connection reaches another".
func TestSoleWritesNowhereElse(t *testing.T) {
	t.Parallel()
	const rounds = 300
	for range rounds {
		server, client := tcpPair(t)
		c := http1.NewConn(server, http1.Config{QueueSize: 1 << 20, Sole: true})
		require.NoError(t, c.Out.TrySend(nil, []byte("first"))) // which finds out the number
		var senders sync.WaitGroup
		for range 4 {
			senders.Go(func() {
				for c.Out.TrySend(nil, []byte("x")) == nil {
				}
			})
		}
		c.Close(errors.New("over"))
		another, peer := tcpPair(t) // with the number that has become free, as a rule
		senders.Wait()
		assert.Error(t, c.Out.TrySend(nil, []byte("late")))
		assert.Error(t, c.Out.Send(nil, []byte("late")))
		_, err := another.Write([]byte("own"))
		require.NoError(t, err)
		require.NoError(t, another.CloseWrite())
		buf := make([]byte, 64)
		n, err := peer.Read(buf)
		require.NoError(t, err)
		require.Equal(t, "own", string(buf[:n]))
		for _, conn := range []net.Conn{client, another, peer} {
			conn.Close()
		}
	}
}

// Once somebody else has the connection, who may close it whenever he likes, its number
// means nothing any more.
func TestSoleIsShared(t *testing.T) {
	t.Parallel()
	for name, share := range map[string]func(c *http1.Conn) net.Conn{
		"Net": func(c *http1.Conn) net.Conn { return c.Net() },
		"Detach": func(c *http1.Conn) net.Conn {
			conn, _, err := c.Detach()
			require.NoError(t, err)
			return conn
		},
	} {
		server, _ := tcpPair(t)
		c := http1.NewConn(server, http1.Config{QueueSize: 1 << 20, Sole: true})
		require.NoError(t, c.Out.TrySend(nil, []byte("first")))
		share(c).Close()
		another, peer := tcpPair(t)
		assert.Error(t, c.Out.TrySend(nil, []byte("late")), name)
		require.NoError(t, another.CloseWrite())
		n, _ := peer.Read(make([]byte, 64))
		assert.Zero(t, n, name)
		another.Close()
		peer.Close()
	}
}

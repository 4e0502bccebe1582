package http1_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// stalled returns a connection whose peer does not read, full up to the queue, and
// what was accepted for it.
func stalled(t *testing.T, limit int, timeout time.Duration) (c *http1.Conn, peer *net.TCPConn, accepted []byte) {
	t.Helper()
	server, client := tcpPair(t)
	require.NoError(t, server.SetWriteBuffer(16<<10))
	require.NoError(t, client.SetReadBuffer(16<<10))
	c = http1.NewConn(server, http1.Config{QueueSize: limit, Timeout: timeout})
	t.Cleanup(c.Release)
	for size := limit; size > 0; {
		p := bytes.Repeat([]byte{byte(len(accepted))}, size)
		err := c.Out.TrySend(nil, p)
		assert.LessOrEqual(t, c.Out.Pending(), limit)
		if err == nil {
			accepted = append(accepted, p...)
			require.Less(t, len(accepted), 64<<20, "the peer takes without end")
			continue
		}
		if timeout > 0 && errors.Is(err, os.ErrDeadlineExceeded) {
			break // already
		}
		require.Equal(t, http1.ErrBufferFull, err)
		size /= 2 // down to the last byte
	}
	return c, client, accepted
}

// A peer that stops reading fills the queue; then TrySend refuses, at once. When it
// reads on, it gets all that was accepted.
func TestTrySendToAStalledPeer(t *testing.T) {
	t.Parallel()
	const limit = 64 << 10
	c, peer, accepted := stalled(t, limit, 0)
	assert.NoError(t, c.Out.TryPush())
	got := make([]byte, len(accepted))
	_, err := io.ReadFull(peer, got)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(accepted, got), "in order and whole")
	require.NoError(t, c.Out.Flush())
	assert.Zero(t, c.Out.Pending())
	require.NoError(t, c.Out.TrySend(nil, []byte("more")))
	_, err = io.ReadFull(peer, got[:4])
	require.NoError(t, err)
	assert.Equal(t, "more", string(got[:4]))
}

// Send ends at the write time-out, and with it the connection.
func TestSendToAStalledPeer(t *testing.T) {
	t.Parallel()
	const timeout = 100 * time.Millisecond
	server, client := tcpPair(t)
	c := http1.NewConn(server, http1.Config{QueueSize: 1000, Timeout: timeout})
	t.Cleanup(c.Release)
	start := time.Now()
	err := c.Out.Send(nil, make([]byte, 64<<20))
	assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
	assert.ErrorIs(t, err, http1.ErrClosed)
	assert.GreaterOrEqual(t, time.Since(start), timeout)
	assert.ErrorIs(t, c.Out.TrySend(nil, []byte("x")), os.ErrDeadlineExceeded)
	n, _ := io.Copy(io.Discard, client) // to an end or a reset
	assert.Less(t, n, int64(64<<20))
}

// So does a queue that nobody flushes.
func TestQueueOfAStalledPeerTimesOut(t *testing.T) {
	t.Parallel()
	c, _, _ := stalled(t, 64<<10, 100*time.Millisecond)
	c.Out.Settle()
	err := c.Out.TrySend(nil, []byte("x"))
	assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
	assert.ErrorIs(t, err, http1.ErrClosed)
	assert.Zero(t, c.Out.Pending())
}

// A time-out of one write does not linger on the connection for the next.
func TestTimeOutIsForOneWrite(t *testing.T) {
	t.Parallel()
	const timeout = 50 * time.Millisecond
	for _, kind := range carriers {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			server, client := kind.open(t)
			go io.Copy(io.Discard, client)
			c := http1.NewConn(server, http1.Config{QueueSize: 1 << 20, Timeout: timeout})
			t.Cleanup(c.Release)
			for range 2 {
				require.NoError(t, c.Out.Send(nil, make([]byte, 20<<10), make([]byte, 20<<10)))
				expired := time.NewTimer(2 * timeout) // the deadline of that write is over
				<-expired.C
				require.NoError(t, c.Out.TrySend(nil, []byte("x")))
				require.NoError(t, c.Out.Flush())
			}
		})
	}
}

package http1_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// watched returns a connection and where the reason comes when its peer is found
// gone.
func watched(server net.Conn) (*http1.Conn, chan error) {
	gone := make(chan error, 10)
	return http1.NewConn(server, http1.Config{QueueSize: 100, Gone: func(err error) { gone <- err }}), gone
}

// The peer's leaving is noticed while nobody reads, and said once.
func TestWatch(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, client net.Conn) {
		c, gone := watched(server)
		c.Watch()
		c.Watch() // once is enough
		client.Close()
		assert.Equal(t, io.EOF, <-gone)
		c.Unwatch()
		c.Unwatch()
		assert.Empty(t, gone)
		_, err := c.Reader().ReadByte()
		assert.Error(t, err, "whoever reads next finds the end as well")
		c.Release()
		assert.ErrorIs(t, <-gone, http1.ErrClosed, "that one is our own")
	})
}

func TestWatchNoticesReset(t *testing.T) {
	t.Parallel()
	for _, kind := range carriers[:2] {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			server, client := kind.open(t)
			c, gone := watched(server)
			c.Watch()
			if s, ok := client.(*tls.Conn); ok {
				client = s.NetConn()
			}
			require.NoError(t, client.(*net.TCPConn).SetLinger(0))
			client.Close()
			err := <-gone
			require.Error(t, err)
			assert.NotEqual(t, io.EOF, err)
			c.Release()
		})
	}
}

// A connection of TLS that is cut off without its farewell is gone, too.
func TestWatchNoticesTruncation(t *testing.T) {
	t.Parallel()
	server, client := tlsPair(t)
	c, gone := watched(server)
	c.Watch()
	require.NoError(t, client.(*tls.Conn).NetConn().(*net.TCPConn).CloseWrite())
	assert.Error(t, <-gone)
	c.Release()
}

// What comes meanwhile is kept for whoever reads next.
func TestWatchKeepsWhatComes(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, client net.Conn) {
		c, gone := watched(server)
		defer c.Release()
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Minute), false))
		const in = get + get + "rest"
		for i := range in {
			c.Watch()
			wrote := later(func() error {
				_, err := io.WriteString(client, in[i:i+1])
				return err
			})
			if i%2 == 0 {
				require.NoError(t, <-wrote)
				c.Unwatch()
				continue
			}
			c.Unwatch() // it may have come, or come now
			_, err := c.Reader().Peek(i + 1)
			require.NoError(t, err)
			require.NoError(t, <-wrote)
		}
		for range 2 {
			_, err := http1.ReadRequest(c.Reader(), &wide)
			require.NoError(t, err)
		}
		assert.Equal(t, "rest", readN(t, c.Reader(), 4))
		assert.Empty(t, gone)
	})
}

// A full buffer ends the watch, because there is no way to look further; it can be
// ended and begun again as ever.
func TestWatchWithAFullBuffer(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, client net.Conn) {
		c, gone := watched(server)
		defer c.Release()
		in := strings.Repeat("0123456789", 1000)
		send(t, client, in)
		for (!http1.CanLookOut || !c.Raw()) && c.Buffered() < 4096 {
			c.Watch()
			runtime.Gosched()
			c.Unwatch()
		}
		c.Watch()
		c.Unwatch()
		assert.Equal(t, in, readN(t, c.Reader(), len(in)))
		c.Watch()
		assert.Empty(t, gone)
		client.Close()
		assert.Equal(t, io.EOF, <-gone)
	})
}

// Ending a watch takes no time and is not a leaving, however often and by whomever.
func TestUnwatch(t *testing.T) {
	bubble(t, func(t *testing.T) {
		server, client := net.Pipe()
		c, gone := watched(server)
		start := time.Now()
		c.Unwatch() // there is none
		for range 100 {
			c.Watch()
			synctest.Wait()
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() { c.Unwatch() })
			}
			all.Wait()
		}
		assert.Zero(t, time.Since(start))
		assert.Empty(t, gone)
		assert.NoError(t, c.Out.Err())
		client.Close()
		c.Release()
	})
}

// A leavingConn finds its end just when a read is interrupted.
type leavingConn struct{ net.Conn }

func (c leavingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = io.EOF
	}
	return n, err
}

// A peer that leaves as the watch is ended has left nevertheless: that end is read
// only once.
func TestUnwatchAsThePeerLeaves(t *testing.T) {
	bubble(t, func(t *testing.T) {
		server, client := net.Pipe()
		c, gone := watched(leavingConn{server})
		c.Watch()
		synctest.Wait()
		c.Unwatch()
		assert.Equal(t, io.EOF, <-gone)
		c.Release()
		client.Close()
	})
}

// Closing the connection ends the watch, and says why.
func TestCloseEndsWatch(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, _ net.Conn) {
		c, gone := watched(server)
		c.Watch()
		c.Close(io.ErrNoProgress)
		assert.ErrorIs(t, <-gone, io.ErrNoProgress)
		c.Release()
	})
}

// A write that fails says so as well.
func TestGoneByWriting(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t)
	c, gone := watched(server)
	t.Cleanup(c.Release)
	require.NoError(t, client.SetLinger(0))
	client.Close()
	for c.Out.Err() == nil {
		_ = c.Out.Send(nil, []byte("x"))
	}
	assert.ErrorIs(t, <-gone, http1.ErrClosed)
	assert.Empty(t, gone)
}

package http1_test

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// parked returns a connection that is parked, its peer, and what is closed when it is
// called.
func parked(t *testing.T) (c *http1.Conn, peer *net.TCPConn, called chan struct{}) {
	t.Helper()
	server, client := tcpPair(t)
	c = http1.NewConn(server, http1.Config{})
	t.Cleanup(c.Release)
	called = make(chan struct{}) // a second close would panic
	require.True(t, c.Park(func() { close(called) }))
	return c, client, called
}

func wake(t *testing.T, called <-chan struct{}) {
	t.Helper()
	select {
	case <-called:
	case <-time.After(10 * time.Second):
		require.FailNow(t, "nobody was called")
	}
}

func asleep(t *testing.T, called <-chan struct{}) {
	t.Helper()
	select {
	case <-called:
		assert.Fail(t, "called for nothing")
	default:
	}
}

func TestPark(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		rouse func(c *http1.Conn, peer *net.TCPConn)
		err   bool // of the read that follows
	}{
		"a byte":     {func(_ *http1.Conn, peer *net.TCPConn) { _, _ = peer.Write([]byte("a")) }, false},
		"the end":    {func(_ *http1.Conn, peer *net.TCPConn) { _ = peer.CloseWrite() }, true},
		"a reset":    {func(_ *http1.Conn, peer *net.TCPConn) { _ = peer.SetLinger(0); _ = peer.Close() }, true},
		"Close":      {func(c *http1.Conn, _ *net.TCPConn) { c.Close(io.ErrNoProgress) }, true},
		"Unpark":     {func(c *http1.Conn, peer *net.TCPConn) { c.Unpark(); _, _ = peer.Write([]byte("a")) }, false},
		"everything": {func(c *http1.Conn, peer *net.TCPConn) { _, _ = peer.Write([]byte("a")); c.Unpark(); c.Unpark() }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, peer, called := parked(t)
			_, other, asleepStill := parked(t)
			asleep(t, called)
			row.rouse(c, peer)
			wake(t, called)
			err := c.WaitReadable()
			if row.err {
				assert.Error(t, err)
			} else {
				require.NoError(t, err)
				p, _ := c.Reader().Peek(1)
				assert.Equal(t, "a", string(p))
			}
			asleep(t, asleepStill)
			_, _ = other.Write([]byte("b"))
			wake(t, asleepStill)
		})
	}
}

// A connection can be parked again and again, and what came before is not overlooked.
func TestParkAgain(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t)
	c := http1.NewConn(server, http1.Config{})
	t.Cleanup(c.Release)
	for i := range 100 {
		if i%2 == 0 {
			_, _ = client.Write([]byte("a"))
		}
		called := make(chan struct{})
		require.True(t, c.Park(func() { close(called) }))
		if i%2 == 1 {
			_, _ = client.Write([]byte("a"))
		}
		wake(t, called)
		require.NoError(t, c.WaitReadable())
		_, _ = c.Reader().Discard(1)
	}
}

func TestParkWhereItIsImpossible(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t)
	c := http1.NewConn(server, http1.Config{Early: []byte("a")})
	never := func() { t.Error("called") }
	assert.False(t, c.Park(never), "there is something to read")
	_, _ = c.Reader().Discard(1)
	c.Close(nil)
	assert.False(t, c.Park(never), "it is closed")
	client.Close()
	c.Release()
	c.Unpark()

	a, b := net.Pipe()
	defer b.Close()
	c = http1.NewConn(a, http1.Config{})
	defer c.Release()
	assert.False(t, c.Park(never), "it has no descriptor")
}

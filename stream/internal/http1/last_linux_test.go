package http1_test

import (
	"bytes"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// The end is with the last bytes, before the connection is closed.
func TestFlushLast(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t)
	c := http1.NewConn(server, http1.Config{QueueSize: 1 << 20})
	require.NoError(t, c.Out.Write([]byte("answer")))
	require.NoError(t, c.FlushLast())
	require.NoError(t, client.SetReadDeadline(time.Now().Add(10*time.Second)))
	got, err := io.ReadAll(client)
	require.NoError(t, err)
	assert.Equal(t, "answer", string(got))
	c.Release()
}

// They wait for it, so that both are one packet. The system lets them wait for a fifth of
// a second, for which one of a few attempts should do on any machine.
func TestSendBeforeEnd(t *testing.T) {
	t.Parallel()
	waits := false
	for range 20 {
		server, client := tcpPair(t)
		raw, err := server.SyscallConn()
		require.NoError(t, err)
		peer, err := client.SyscallConn()
		require.NoError(t, err)
		require.NoError(t, raw.Control(func(fd uintptr) {
			n, err := http1.Send(int(fd), []byte("answer"), true)
			assert.Equal(t, 6, n)
			assert.NoError(t, err)
		}))
		require.NoError(t, peer.Control(func(fd uintptr) {
			_, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
			waits = waits || err == syscall.EAGAIN
		}))
	}
	assert.True(t, waits)
}

// A client that has sent more than was read can read the answer all the same: the bytes
// do not wait for the close, which resets the connection.
func TestFlushLastBeforeReset(t *testing.T) {
	t.Parallel()
	for range 20 {
		server, client := tcpPair(t)
		c := http1.NewConn(server, http1.Config{QueueSize: 1 << 20})
		_, err := client.Write([]byte("never read"))
		require.NoError(t, err)
		raw, err := server.SyscallConn()
		require.NoError(t, err)
		require.NoError(t, raw.Read(func(fd uintptr) bool { // until it has come
			_, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK)
			return err != syscall.EAGAIN
		}))
		require.NoError(t, c.Out.Write([]byte("answer")))
		require.NoError(t, c.FlushLast())
		c.Release()
		got := make([]byte, 6)
		_, err = io.ReadFull(client, got)
		require.NoError(t, err)
		assert.Equal(t, "answer", string(got))
	}
}

// What does not leave at once leaves all the same, and the end behind it.
func TestFlushLastWaits(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t)
	c := http1.NewConn(server, http1.Config{QueueSize: 16 << 20})
	want := bytes.Repeat([]byte("answer"), 1<<20)
	require.NoError(t, c.Out.TrySend(nil, want))
	ended := later(func() error {
		defer c.Release()
		if err := c.Out.Write([]byte("end")); err != nil {
			return err
		}
		return c.FlushLast()
	})
	got, err := io.ReadAll(client)
	require.NoError(t, err)
	assert.True(t, string(got) == string(want)+"end")
	assert.NoError(t, <-ended)
}

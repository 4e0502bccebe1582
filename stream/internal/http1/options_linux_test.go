package http1_test

import (
	"context"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOutgrowKeepsOptions: the second descriptor is made as any socket is, which sets
// options; it is the same socket.
func TestOutgrowKeepsOptions(t *testing.T) {
	t.Parallel()
	const idle, interval, count = 77, 33, 5
	listen := net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: idle * time.Second, Interval: interval * time.Second, Count: count,
	}}
	ln, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	client, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	defer client.Close()
	rwc, err := ln.Accept()
	require.NoError(t, err)
	require.NoError(t, rwc.(*net.TCPConn).SetNoDelay(false))
	c := http1.NewConn(rwc, http1.Config{})
	defer c.Release()
	_, err = client.Write([]byte("x"))
	require.NoError(t, err)
	require.NoError(t, c.Await(func() bool {
		_, _ = c.Reader().Discard(1)
		require.NoError(t, c.Outgrow())
		return false
	}))
	raw, err := c.Net().(*net.TCPConn).SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(fd uintptr) {
		for _, o := range []struct {
			name                string
			level, option, want int
		}{
			{"TCP_NODELAY", syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 0},
			{"SO_KEEPALIVE", syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
			{"TCP_KEEPIDLE", syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, idle},
			{"TCP_KEEPINTVL", syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, interval},
			{"TCP_KEEPCNT", syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, count},
		} {
			got, err := syscall.GetsockoptInt(int(fd), o.level, o.option)
			assert.NoError(t, err, o.name)
			assert.Equal(t, o.want, got, o.name)
		}
	}))
}

package adapter_test

import (
	"net"
	"syscall"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// accepted returns the options of a connection that l accepts.
func accepted(t *testing.T, l net.Listener) (options [5]int) {
	t.Helper()
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	defer client.Close()
	conn, err := l.Accept()
	require.NoError(t, err)
	defer conn.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(fd uintptr) {
		for i, o := range [...][2]int{
			{syscall.IPPROTO_TCP, syscall.TCP_NODELAY},
			{syscall.SOL_SOCKET, syscall.SO_KEEPALIVE},
			{syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE},
			{syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL},
			{syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT},
		} {
			options[i], err = syscall.GetsockoptInt(int(fd), o[0], o[1])
			assert.NoError(t, err)
		}
	}))
	return options
}

// TestListenOptions: what connections inherit is what package net gives each of its own.
func TestListenOptions(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	want := accepted(t, plain)
	delayed := want
	delayed[0] = 0
	for name, tc := range map[string]struct {
		noDelay *bool
		want    [5]int
	}{
		"default":  {nil, want},
		"no delay": {&yes, want},
		"delay":    {&no, delayed},
	} {
		for _, host := range []string{"127.0.0.1:0", "localhost:0", ":0"} {
			l, err := adapter.ServerConfig{Address: host, NoDelay: tc.noDelay}.Listen(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tc.want, accepted(t, l), "%s %s", name, host)
		}
	}
}

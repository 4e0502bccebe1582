package compat_test

import (
	"net"
	"syscall"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/stretchr/testify/assert"
)

// hyperlaneSocket checks that the options of cfg are set on a connection.
func hyperlaneSocket(t *testing.T, conn net.Conn, cfg adapter.ServerConfig) {
	raw, err := conn.(syscall.Conn).SyscallConn()
	if !assert.NoError(t, err) {
		return
	}
	err = raw.Control(func(fd uintptr) {
		noDelay, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_NODELAY)
		assert.NoError(t, err)
		assert.Equal(t, cfg.NoDelay == nil || *cfg.NoDelay, noDelay != 0, "TCP_NODELAY")
		ttl, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_TTL)
		assert.NoError(t, err)
		if cfg.TTL != nil {
			assert.Equal(t, *cfg.TTL, ttl, "IP_TTL")
		}
	})
	assert.NoError(t, err)
}

package adapter

import (
	"errors"
	"syscall"
)

// canInheritProbes says that an accepted socket has the keep-alive options of the one
// that listens.
const canInheritProbes = true

// inheritProbes sets on a listening socket what package net sets on each connection it
// accepts: see net.KeepAliveConfig.
func inheritProbes(raw syscall.RawConn) error {
	var failed error
	err := raw.Control(func(fd uintptr) {
		for _, o := range [...]struct{ level, name, value int }{
			{syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 15}, // seconds
			{syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 15},
			{syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 9},
			{syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
		} {
			if failed == nil {
				failed = syscall.SetsockoptInt(int(fd), o.level, o.name, o.value)
			}
		}
	})
	return errors.Join(err, failed)
}

package http1

import "syscall"

// canAttend says that the runtime's poller keeps an event that comes between a read and
// the wait, as long as one call of RawConn.Read lasts, and that an event which was
// consumed is followed by another as soon as more comes.
const canAttend = true

// options are those of a socket that net.FileConn changes.
type options struct{ noDelay, keepAlive int }

func socketOptions(raw syscall.RawConn) (o options) {
	_ = raw.Control(func(fd uintptr) {
		o.noDelay, _ = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_NODELAY)
		o.keepAlive, _ = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE)
	})
	return o
}

func (o options) restore(raw syscall.RawConn) {
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_NODELAY, o.noDelay)
		_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, o.keepAlive)
	})
}

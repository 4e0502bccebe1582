package http1

import (
	"errors"
	"os"
	"syscall"
)

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

// hollow takes the socket out of the descriptor of raw, which stays open with nothing
// that anybody can reach.
func hollow(raw syscall.RawConn) error {
	nothing, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	defer syscall.Close(nothing)
	return become(raw, nothing)
}

// refill puts the socket back before the descriptor is closed: the runtime's poller knows
// both together, and would otherwise never forget them. One that is closed is forgotten
// by itself.
func refill(raw, socket syscall.RawConn) {
	_ = socket.Control(func(fd uintptr) { _ = become(raw, int(fd)) })
}

// become has the descriptor of raw stand for what fd stands for.
func become(raw syscall.RawConn, fd int) error {
	var err error
	outer := raw.Control(func(old uintptr) {
		err = os.NewSyscallError("dup3", syscall.Dup3(fd, int(old), syscall.O_CLOEXEC))
	})
	return errors.Join(err, outer)
}

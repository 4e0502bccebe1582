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

// kept are the options of a socket that net.FileConn sets.
var kept = [...]struct{ level, name int }{
	{syscall.IPPROTO_TCP, syscall.TCP_NODELAY},
	{syscall.SOL_SOCKET, syscall.SO_KEEPALIVE},
	{syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE},
	{syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL},
	{syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT},
}

// options are the values of kept, -1 where there is none.
type options [len(kept)]int

func socketOptions(raw syscall.RawConn) (o options) {
	for i := range o {
		o[i] = -1
	}
	_ = raw.Control(func(fd uintptr) {
		for i, k := range kept {
			if v, err := syscall.GetsockoptInt(int(fd), k.level, k.name); err == nil {
				o[i] = v
			}
		}
	})
	return o
}

func (o options) restore(raw syscall.RawConn) {
	_ = raw.Control(func(fd uintptr) {
		for i, k := range kept {
			if o[i] >= 0 {
				_ = syscall.SetsockoptInt(int(fd), k.level, k.name, o[i])
			}
		}
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

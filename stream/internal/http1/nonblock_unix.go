//go:build unix

package http1

import (
	"os"
	"syscall"
)

const canTryWrite = true

// attempt is one non-blocking write through a raw descriptor. Its callback is made
// once, so that an attempt allocates nothing.
type attempt struct {
	last bool // nothing follows: the end goes out with it
	p    []byte
	n    int
	err  error
	call func(fd uintptr) bool
}

func (a *attempt) write(raw syscall.RawConn, p []byte) (int, error) {
	if a.call == nil {
		a.call = a.once
	}
	a.p, a.n, a.err = p, 0, nil
	if err := raw.Write(a.call); err != nil {
		return 0, err
	}
	a.p = nil
	return a.n, a.err
}

func (a *attempt) once(fd uintptr) bool {
	for a.n < len(a.p) {
		n, err := a.some(int(fd))
		if n > 0 {
			a.n += n
			continue
		}
		switch err {
		case syscall.EINTR:
		case syscall.EAGAIN:
			return true
		default:
			a.err = os.NewSyscallError("write", err)
			return true
		}
	}
	if a.last {
		endWrites(int(fd))
	}
	return true
}

// some writes what is taken of the rest.
func (a *attempt) some(fd int) (int, error) {
	if a.last {
		return writeBeforeEnd(fd, a.p[a.n:])
	}
	return syscall.Write(fd, a.p[a.n:])
}

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
		n, err := syscall.Write(int(fd), a.p[a.n:])
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
	return true
}

//go:build unix

package http1

import (
	"os"
	"sync"
	"syscall"
)

const canTryWrite = true

// An attempt is one non-blocking write through a raw descriptor. Its callback is made
// once, so that an attempt allocates nothing.
type attempt struct {
	last bool // nothing follows: the end goes out with it
	p    []byte
	n    int
	fd   uintptr
	err  error
	call func(fd uintptr)
}

// attempts holds those that nobody makes: one that was used just now, for another
// connection, is in a cache.
var attempts = sync.Pool{New: func() any {
	a := new(attempt)
	a.call = a.once
	return a
}}

// tryWrite writes what raw takes of p now. It goes past the runtime's poller, with which
// there is nothing to wait for, and its deadline: the caller has seen to both. fd is the
// descriptor, 0 after an error.
func tryWrite(raw syscall.RawConn, p []byte, last bool) (n int, fd uintptr, err error) {
	a := attempts.Get().(*attempt)
	a.p, a.last = p, last
	if err = raw.Control(a.call); err == nil {
		n, fd, err = a.n, a.fd, a.err
	}
	if err != nil {
		fd = 0
	}
	a.p = nil
	attempts.Put(a)
	return n, fd, err
}

func (a *attempt) once(fd uintptr) {
	a.fd = fd
	a.n, a.err = writeNow(fd, a.p, a.last)
}

// writeNow writes what fd, which nobody can close meanwhile, takes of p now.
func writeNow(fd uintptr, p []byte, last bool) (n int, err error) {
	for n < len(p) {
		m, err := send(int(fd), p[n:], last)
		if m > 0 {
			n += m
			continue
		}
		switch err {
		case syscall.EINTR:
		case syscall.EAGAIN:
			return n, nil
		default:
			return n, os.NewSyscallError("write", err)
		}
	}
	if last {
		endWrites(int(fd))
	}
	return n, nil
}

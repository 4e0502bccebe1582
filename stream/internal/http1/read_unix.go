//go:build unix

package http1

import (
	"io"
	"os"
	"syscall"
)

// readNow reads what has come, without waiting.
func readNow(fd uintptr, p []byte) (int, error) {
	for {
		n, err := syscall.Read(int(fd), p)
		switch {
		case n > 0:
			return n, nil
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return 0, errWouldBlock
		case err != nil:
			return 0, os.NewSyscallError("read", err)
		default:
			return 0, io.EOF
		}
	}
}

// peekNow reports whether there is something to read, be it an error or the end. It
// needs little stack.
func peekNow(fd uintptr, p []byte) bool {
	_, _, err := syscall.Recvfrom(int(fd), p, syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	return err != syscall.EAGAIN && err != syscall.EINTR
}

package http1

import "syscall"

// isLast has the next write end the outgoing side, if it is taken as a whole.
func (s *connSink) isLast() { s.last = true }

// writeBeforeEnd is syscall.Write for what is to wait for endWrites.
func writeBeforeEnd(fd int, p []byte) (int, error) {
	publish()
	return syscall.SendmsgN(fd, p, nil, nil, syscall.MSG_MORE|syscall.MSG_NOSIGNAL)
}

// endWrites ends the outgoing side. A close alone would do, but loses what waits if the
// client has sent more than was read.
func endWrites(fd int) { _ = syscall.Shutdown(fd, syscall.SHUT_WR) }

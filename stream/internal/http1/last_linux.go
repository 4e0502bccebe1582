package http1

import "syscall"

// isLast has the next write end the outgoing side, if it is taken as a whole.
func (s *connSink) isLast() { s.last = true }

// send is syscall.Write for a socket, without what the kernel does there for a file of any
// kind. With last, what is sent may wait for endWrites.
func send(fd int, p []byte, last bool) (int, error) {
	flags := syscall.MSG_NOSIGNAL
	if last {
		flags |= syscall.MSG_MORE
	}
	publish()
	return syscall.SendmsgN(fd, p, nil, nil, flags)
}

// endWrites ends the outgoing side. A close alone would do, but loses what waits if the
// client has sent more than was read.
func endWrites(fd int) { _ = syscall.Shutdown(fd, syscall.SHUT_WR) }

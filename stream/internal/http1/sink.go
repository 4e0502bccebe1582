package http1

import (
	"crypto/tls"
	"net"
	"syscall"
	"time"
)

// A Sink is what an [Outbound] writes into. Only the holder of the Outbound's turn
// calls it; but one of ours is armed by others, too, while a Write waits.
type Sink interface {
	// TryWrite hands over what can be taken without waiting for the peer. It
	// takes nothing, without an error, where that cannot be known.
	TryWrite(p []byte) (int, error)
	// Arm bounds the Write under way and those that follow; the zero deadline is none.
	Arm(deadline time.Time) error
	// Write hands over all of bufs, or fails.
	Write(bufs net.Buffers) error
	// Abort makes a Write under way and all later ones fail, without waiting.
	Abort()
}

// connSink writes to a network connection. Whoever has the turn owns it; while that one
// is in Write, whoever holds the Outbound's mu may call Arm.
type connSink struct {
	conn    net.Conn
	raw     syscall.RawConn // nil: there is no non-blocking write
	armed   bool            // a write deadline is set on conn
	holds   hold            // guarded by the Outbound's lock
	severed bool            // that is why conn is still open
	last    bool            // nothing follows the next write: the end goes out with it
	fd      int32           // conn's descriptor, 0 if it is not known; guarded like holds
}

// A hold says who can close conn.
type hold uint8

const (
	byAwait hold = 1 << iota // [Conn.Await] runs: a close would wait for its end
	bySole                   // nobody but the Outbound, with its lock held: a write that holds it needs not ask the runtime for the descriptor
)

// rawConn returns conn's descriptor where a write past conn's own methods cannot
// miss anything: the standard library's sockets, not what wraps or embeds them.
func rawConn(conn net.Conn) syscall.RawConn {
	if !canTryWrite {
		return nil
	}
	var raw syscall.RawConn
	switch c := conn.(type) {
	case *net.TCPConn:
		raw, _ = c.SyscallConn()
	case *net.UnixConn:
		raw, _ = c.SyscallConn()
	}
	return raw
}

func (s *connSink) TryWrite(p []byte) (int, error) {
	if s.raw == nil || len(p) == 0 {
		return 0, nil
	}
	if s.armed {
		if err := s.Arm(time.Time{}); err != nil {
			return 0, err
		}
	}
	locked := len(p) <= sliceSize // the Outbound's lock is held for a piece of that size
	if locked && s.holds&bySole != 0 && s.fd != 0 {
		return writeNow(uintptr(s.fd), p, s.last)
	}
	n, fd, err := tryWrite(s.raw, p, s.last)
	if locked && s.holds&bySole != 0 {
		s.fd = int32(fd)
	}
	return n, err
}

func (s *connSink) Write(bufs net.Buffers) error {
	if len(bufs) == 1 {
		_, err := s.conn.Write(bufs[0])
		return err
	}
	return gatherWrite(s.conn, bufs)
}

// gatherWrite stands apart because it costs the memory for a header of bufs.
func gatherWrite(conn net.Conn, bufs net.Buffers) error {
	publish()
	_, err := bufs.WriteTo(conn)
	return err
}

func (s *connSink) Arm(deadline time.Time) error {
	if deadline.IsZero() && !s.armed {
		return nil
	}
	s.armed = !deadline.IsZero()
	return s.conn.SetWriteDeadline(deadline)
}

func (s *connSink) Abort() {
	if s.holds&byAwait != 0 {
		s.severed = true
		sever(s.conn)
		return
	}
	abort(s.conn)
}

// sever ends all that waits for conn, and what may come on it, and leaves the close to
// whoever reads from it.
func sever(conn net.Conn) {
	if c, ok := conn.(*net.TCPConn); ok {
		_ = c.CloseRead()
		_ = c.CloseWrite()
	}
	_ = conn.SetDeadline(longAgo)
}

// abort closes conn without the farewell of TLS, which may wait for the peer.
func abort(conn net.Conn) {
	if c, ok := conn.(*tls.Conn); ok {
		conn = c.NetConn()
	}
	_ = conn.Close()
}

package streamtest

import (
	"net"
	"sync/atomic"
)

// CountWrites returns l with connections that add their calls of Write to writes, to test
// what goes out together. They have no method but those of net.Conn, so that none is passed
// by.
func CountWrites(l net.Listener, writes *atomic.Int64) net.Listener {
	return counting{l, writes}
}

type counting struct {
	net.Listener
	writes *atomic.Int64
}

// Accept implements net.Listener.
func (l counting) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return countingConn{conn, l.writes}, nil
}

type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

// Write implements net.Conn.
func (c countingConn) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

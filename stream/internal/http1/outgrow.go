package http1

import (
	"net"
	"os"
	"syscall"
)

// Outgrow lets the goroutine that reads, which is called by [Conn.Await], read from the
// connection as if it were not: by a second descriptor of the socket, which is the
// connection from then on. Elsewhere it does nothing.
func (c *Conn) Outgrow() error {
	if !c.inside.Load() {
		return nil
	}
	watched := c.Unwatch()
	var err error
	dead := c.Out.Exclusive(func() error {
		var conn net.Conn
		if conn, err = again(c.socket()); err == nil {
			c.Out.Locked(func() { err = c.replace(conn) })
		}
		return nil // the connection is none the worse
	})
	if dead != nil {
		return dead
	}
	if watched {
		c.Watch()
	}
	return err
}

// replace makes conn the connection: whoever closes it has closed the socket, although
// Await goes on. Out is locked, and the caller has its turn.
func (c *Conn) replace(conn net.Conn) error {
	if c.Out.err != nil || !c.inside.Load() { // it has died, or somebody else was first
		_ = conn.Close()
		return nil
	}
	if err := hollow(c.raw); err != nil {
		_ = conn.Close()
		return err
	}
	c.watch.mu.Lock()
	defer c.watch.mu.Unlock()
	_ = conn.SetReadDeadline(c.watch.deadline)
	c.outgrown, c.rwc, c.raw = c.rwc, conn, rawConn(conn)
	own := &c.out.own
	own.conn, own.raw, own.fd, own.armed = conn, c.raw, 0, false
	own.holds &^= byAwait
	c.inside.Store(false)
	return nil
}

// again returns a connection of its own for the socket of conn.
func again(conn net.Conn) (net.Conn, error) {
	f, err := conn.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := conn.(syscall.Conn).SyscallConn()
	if err != nil {
		return nil, err
	}
	options := socketOptions(raw)
	second, err := net.FileConn(f)
	if err == nil {
		options.restore(raw) // FileConn sets some
	}
	return second, err
}

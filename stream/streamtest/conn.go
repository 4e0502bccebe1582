package streamtest

import (
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// A Conn is one end of a connection in memory, made by [Pipe] or [Listener.Dial]. It
// behaves as a TCP connection does: closing it leaves the other end what it was sent,
// but for a close over unread bytes, which resets the connection and takes from the
// other end what that has not read yet (RFC 9112, section 9.6); the first write to an
// end that was closed seems to succeed. Errors are *net.OpError around what the kernel
// would say.
type Conn struct {
	in, out       *lane
	local, remote net.Addr

	mu     sync.Mutex // guards closed
	closed bool
}

// Pipe returns the two ends of a connection in memory. nil options select every default.
func Pipe(opts *Options) (client, server *Conn) {
	o := opts.resolved()
	return pipe(&o, clientAddr(firstPort), serverAddr)
}

func pipe(o *Options, client, server net.Addr) (*Conn, *Conn) {
	to, from := newLane(o), newLane(o)
	return &Conn{in: from, out: to, local: client, remote: server}, &Conn{in: to, out: from, local: server, remote: client}
}

// Read implements net.Conn. It returns bytes of one write at a time.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	if err == io.EOF {
		return n, err
	}
	return n, c.wrap("read", err)
}

// Write implements net.Conn. It waits while the network holds [Options].Window bytes that
// the other end has not read.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.out.write(p)
	switch err {
	case errLost:
		c.in.reset(false)
		return n, nil
	case errCut:
		c.out.reset(false)
		c.in.reset(true)
		_, err = c.out.write(p[n:])
	}
	return n, c.wrap("write", err)
}

// Close implements net.Conn.
func (c *Conn) Close() error {
	if !c.end() {
		return c.wrap("close", net.ErrClosed)
	}
	if c.in.leave() {
		c.in.reset(true)
		c.out.reset(true)
	}
	c.out.finish(net.ErrClosed)
	return nil
}

// CloseWrite ends what this end sends; it can still read.
func (c *Conn) CloseWrite() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.wrap("close", net.ErrClosed)
	}
	c.out.finish(syscall.EPIPE)
	return nil
}

// Reset closes the connection so that reads and writes of the other end fail. What is
// under way in either direction is lost.
func (c *Conn) Reset() {
	if !c.end() {
		return
	}
	c.in.leave()
	c.in.reset(true)
	c.out.reset(true)
	c.out.finish(net.ErrClosed)
}

// ResetAfter lets the other end write n more bytes, and resets the connection in the
// middle of the write that goes beyond: that one returns how many bytes it got rid of,
// and an error. This end can read the n bytes, and then gets an error as well.
func (c *Conn) ResetAfter(n int) { c.in.cutAfter(max(n, 0)) }

// end reports whether the connection was open until now.
func (c *Conn) end() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := !c.closed
	c.closed = true
	return was
}

// LocalAddr implements net.Conn.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr implements net.Conn.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline implements net.Conn.
func (c *Conn) SetDeadline(t time.Time) error {
	return c.bound(func() { c.in.boundReads(t); c.out.boundWrites(t) })
}

// SetReadDeadline implements net.Conn.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.bound(func() { c.in.boundReads(t) }) }

// SetWriteDeadline implements net.Conn.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.bound(func() { c.out.boundWrites(t) }) }

func (c *Conn) bound(set func()) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.wrap("set", net.ErrClosed)
	}
	set()
	return nil
}

// wrap returns err as package net's connections do.
func (c *Conn) wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return &net.OpError{Op: op, Net: c.local.Network(), Source: c.local, Addr: c.remote, Err: err}
}

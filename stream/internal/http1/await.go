package http1

import (
	"net"
	"syscall"
)

// WaitReadable returns when a byte of the next request has come, or the error
// that came instead. While it waits it holds no buffer, where the platform allows, and
// a desk until the next sweep at the most.
func (c *Conn) WaitReadable() error {
	if c.br != nil {
		if c.br.Buffered() > 0 {
			return nil
		}
		if c.raw != nil || c.lent {
			c.dropReader()
		}
	}
	if c.raw == nil {
		c.shelve()
		_, err := c.Reader().Peek(1)
		c.unshelve()
		return err
	}
	c.waited, c.serve = nil, nil
	if err := c.raw.Read(c.call); err != nil {
		return err
	}
	return c.waited
}

// Doze is WaitReadable for a goroutine of its own: it needs so little stack that this
// stays as small as stacks are. It must only be called where [Conn.Raw] is true.
func (c *Conn) Doze() error {
	c.dozing = true
	err := c.raw.Read(c.call)
	c.dozing = false
	return err
}

// called is called with the descriptor's read lock held, whenever it may be readable. It
// reports whether the wait is over.
func (c *Conn) called(fd uintptr) bool {
	switch {
	case c.dozing:
		return peekNow(fd, c.peeked[:])
	case c.serve != nil:
		return c.attend(fd)
	}
	return c.idleRead(fd)
}

// idleRead takes a buffer only for as long as there is something to put in.
func (c *Conn) idleRead(fd uintptr) bool {
	err := c.fill(fd)
	if err == errWouldBlock {
		c.dropReader()
		return false
	}
	c.waited = err
	return true
}

// fill puts what has come into the empty buffer.
func (c *Conn) fill(fd uintptr) error {
	c.fd, c.inCall = fd, true
	_, err := c.Reader().Peek(1)
	c.inCall = false
	return err
}

// Await is WaitReadable for a caller that serves what comes within the wait: serve is
// called each time that bytes have come, and says whether to wait on; it must have used
// up the buffer then. That saves asking the system twice for each request, because
// what comes while serve runs is not overlooked. Await returns nil when serve returns
// false. It must only be called where [Conn.Attends] is true.
//
// While serve runs, nobody can read from the connection but through the buffer, unless
// [Conn.Outgrow] is called first.
func (c *Conn) Await(serve func() bool) error {
	c.dropReader()
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	c.serve, c.waited = serve, nil
	c.quiet.Store(false)
	err := c.raw.Read(c.call)
	c.serve = nil // what it is made of may be large
	if err != nil {
		return err
	}
	return c.waited
}

// enter and leave enclose the time in which the connection must not be closed but by
// [Conn.Release], because a close would wait for that time to end.
func (c *Conn) enter() (err error) {
	c.Out.Locked(func() {
		if err = c.Out.err; err == nil {
			c.out.own.holds |= byAwait
			c.inside.Store(true)
		}
	})
	return err
}

func (c *Conn) leave() {
	var outgrown net.Conn
	var raw syscall.RawConn
	c.Out.Locked(func() {
		c.out.own.holds &^= byAwait
		c.inside.Store(false)
		outgrown, c.outgrown = c.outgrown, nil
		raw = c.raw
	})
	if outgrown != nil {
		refill(rawConn(outgrown), raw)
		_ = outgrown.Close()
	}
}

// attend has what comes served.
func (c *Conn) attend(fd uintptr) bool {
	for {
		err := c.fill(fd)
		if err == errWouldBlock {
			c.dropReader()
			c.quiet.Store(true)
			return false
		}
		if err != nil {
			c.waited = err
			return true
		}
		c.quiet.Store(false)
		short := c.short
		if !c.serve() || !c.inside.Load() {
			return true
		}
		c.dropReader()
		if short && c.served {
			return false // whatever comes from now on wakes us
		}
		c.served = true // an end that came along with the first request is found at once
	}
}

// Attends reports whether [Conn.Await] can be used.
func (c *Conn) Attends() bool { return c.attends && !c.known.Load() }

// Inside reports whether the caller, which is the goroutine that reads, is called by
// [Conn.Await].
func (c *Conn) Inside() bool { return c.inside.Load() }

// Stirs reports whether there is something to read, be it the end, that Await might not
// have been woken for: it came along with the last bytes that were read. Any goroutine
// may call it while Await waits.
func (c *Conn) Stirs() bool {
	if !c.inside.Load() || c.quiet.Load() {
		return false
	}
	c.watch.mu.Lock()
	raw := c.raw
	c.watch.mu.Unlock()
	stirs := false
	_ = raw.Control(func(fd uintptr) { stirs = peekNow(fd, make([]byte, 1)) })
	return stirs
}

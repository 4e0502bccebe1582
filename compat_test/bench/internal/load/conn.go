//go:build linux

package load

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// A conn is one connection of a lane. It has at most one batch under way.
type conn struct {
	lane   *Lane
	fd     int
	joined bool // the epoll knows it
	dialed bool // connected
	out    []byte
	got    int // bytes of the reply
	busy   bool
}

var begin = []byte("HTTP/1.1 200 ")

// dial makes the connection and waits for it: the kernel answers for the server.
func (c *conn) dial() error {
	fd, err := c.socket(0)
	if err != nil {
		return err
	}
	if err := unix.Connect(fd, &c.lane.addr); err != nil {
		_ = unix.Close(fd)
		return fmt.Errorf("load: connect: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return err
	}
	c.fd, c.dialed = fd, true
	return nil
}

// start begins a connection without waiting for it.
func (c *conn) start() error {
	fd, err := c.socket(unix.SOCK_NONBLOCK)
	if err != nil {
		return err
	}
	c.fd = fd
	switch err := unix.Connect(fd, &c.lane.addr); {
	case err == nil:
		c.dialed = true
	case !errors.Is(err, unix.EINPROGRESS):
		return fmt.Errorf("load: connect: %w", err)
	}
	return nil
}

func (c *conn) socket(flags int) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|flags, 0)
	if err != nil {
		return -1, fmt.Errorf("load: socket: %w", err)
	}
	if err := c.prepare(fd); err != nil {
		_ = unix.Close(fd)
		return -1, fmt.Errorf("load: socket: %w", err)
	}
	return fd, nil
}

// prepare sets what the lane's workload needs and no more: on connections that are
// used once, it is a good part of what the client has to do.
func (c *conn) prepare(fd int) error {
	if c.lane.work.Ending != Kept {
		if err := unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1); err != nil {
			return err
		}
		return unix.Bind(fd, c.lane.source())
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
}

// hangUp closes the connection, if there is one.
func (c *conn) hangUp() {
	if c.fd >= 0 {
		_ = unix.Close(c.fd)
	}
	c.fd, c.joined, c.dialed = -1, false, false
}

// write sends what is left of the batch.
func (c *conn) write() error {
	for len(c.out) > 0 {
		n, err := unix.Write(c.fd, c.out)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return nil
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return fmt.Errorf("load: %s: write: %w", c.lane.work.Name, err)
		default:
			c.out = c.out[n:]
		}
	}
	return nil
}

// read takes what has come into buf, and reports whether the reply is complete. ended
// says that the peer has closed: a read will find out, but nothing else would tell.
func (c *conn) read(buf []byte, ended bool) (bool, error) {
	for {
		n, err := unix.Read(c.fd, buf)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return false, nil
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return false, fmt.Errorf("load: %s: read: %w", c.lane.work.Name, err)
		case n == 0:
			return c.end()
		}
		if err := c.look(buf[:n]); err != nil {
			return false, err
		}
		if c.got == c.lane.reply && c.lane.work.Ending != ClosedByPeer {
			return true, nil
		}
		// A short read has emptied the socket: what comes later is a new event.
		if n < len(buf) && !ended {
			return false, nil
		}
	}
}

func (c *conn) end() (bool, error) {
	if c.lane.work.Ending == ClosedByPeer && c.got == c.lane.reply {
		return true, nil
	}
	return false, fmt.Errorf("load: %s: closed after %d of %d bytes", c.lane.work.Name, c.got, c.lane.reply)
}

// recheckEvery is the number of replies of which one is parsed as a whole.
const recheckEvery = 4096

// look counts p and checks what can be seen in it at little cost.
func (c *conn) look(p []byte) error {
	l := c.lane
	first := c.got == 0
	c.got += len(p)
	switch {
	case c.got > l.reply:
		return fmt.Errorf("load: %s: a reply of more than %d bytes", l.work.Name, l.reply)
	case first && len(p) >= len(begin) && !bytes.HasPrefix(p, begin):
		return fmt.Errorf("load: %s: a reply begins %q", l.work.Name, p[:len(begin)])
	case c.got == l.reply && len(p) >= len(l.tail) && !bytes.HasSuffix(p, l.tail):
		return fmt.Errorf("load: %s: a reply ends %q", l.work.Name, p[len(p)-len(l.tail):])
	}
	if l.checked++; l.checked >= recheckEvery && first && c.got == l.reply {
		l.checked = 0
		return l.work.recheck(p)
	}
	return nil
}

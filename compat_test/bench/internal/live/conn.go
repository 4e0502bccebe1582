//go:build linux

package live

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sys/unix"

	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// A conn is one connection of a lane.
type conn struct {
	lane *Lane
	fd   int
	out  []byte // that is to be sent yet
	got  int    // bytes of the answer, or notices
}

// open makes the connection and waits until the server is ready to use it.
func (c *conn) open() error {
	var err error
	if c.fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return fmt.Errorf("live: socket: %w", err)
	}
	wait := unix.NsecToTimeval(patience.Nanoseconds())
	if err := errors.Join(
		unix.SetsockoptInt(c.fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
		unix.SetsockoptTimeval(c.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait),
	); err != nil {
		return fmt.Errorf("live: socket: %w", err)
	}
	if err := unix.Connect(c.fd, &c.lane.addr); err != nil {
		return fmt.Errorf("live: connect: %w", err)
	}
	if err := c.handshake(); err != nil {
		return err
	}
	if err := unix.SetNonblock(c.fd, true); err != nil {
		return fmt.Errorf("live: socket: %w", err)
	}
	ev := &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(c.fd)}
	if err := unix.EpollCtl(c.lane.epoll, unix.EPOLL_CTL_ADD, c.fd, ev); err != nil {
		return fmt.Errorf("live: epoll: %w", err)
	}
	return nil
}

// handshake sends the request and reads the head of what comes, and the greeting that
// subscribers get.
func (c *conn) handshake() error {
	w := c.lane.work
	if _, err := unix.Write(c.fd, w.request()); err != nil {
		return fmt.Errorf("live: %s: write: %w", w.Name, err)
	}
	var got []byte
	complete := func() bool {
		_, rest, whole := bytes.Cut(got, []byte("\r\n\r\n"))
		return whole && (w.Echoes() || bytes.IndexByte(rest, target.Mark) >= 0)
	}
	for !complete() {
		n, err := unix.Read(c.fd, c.lane.buf)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err == nil && n == 0:
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("live: %s: after %q: %w", w.Name, got, err)
		}
		got = append(got, c.lane.buf[:n]...)
		if begin := w.begin(); !bytes.HasPrefix(got, begin[:min(len(got), len(begin))]) {
			return fmt.Errorf("live: %s: the answer is %q", w.Name, got)
		}
	}
	return nil
}

// write sends what is left. A burst is smaller than what a socket takes, and there is
// never more than one on the way: the whole of it goes.
func (c *conn) write() error {
	for len(c.out) > 0 {
		n, err := unix.Write(c.fd, c.out)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("live: %s: write: %w", c.lane.work.Name, err)
		}
		c.out = c.out[max(n, 0):]
	}
	return nil
}

// read takes what has come, and reports whether the burst is complete by now.
func (c *conn) read() (bool, error) {
	l := c.lane
	n, err := unix.Read(c.fd, l.buf)
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("live: %s: read: %w", l.work.Name, err)
	case n == 0:
		return false, fmt.Errorf("live: %s: closed by the server", l.work.Name)
	}
	p, had := l.buf[:n], c.got
	if !l.work.Echoes() {
		c.got += bytes.Count(p, []byte{target.Mark})
		if c.got > l.work.Burst {
			return false, fmt.Errorf("live: %s: %d notices of %d", l.work.Name, c.got, l.work.Burst)
		}
		return had < l.work.Burst && c.got == l.work.Burst, nil
	}
	c.got += n
	if c.got > len(l.answer) || !bytes.Equal(p, l.answer[had:c.got]) {
		return false, fmt.Errorf("live: %s: %q behind %d bytes of an echo", l.work.Name, p, had)
	}
	return c.got == len(l.answer), nil
}

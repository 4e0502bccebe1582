//go:build linux

package load

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a driver waits for any reply at all.
const patience = 5 * time.Second

// A driver waits for the connections of all lanes on one epoll.
type driver struct {
	epoll  int
	conns  map[int32]*conn // by descriptor
	events [256]unix.EpollEvent
	buf    []byte
	left   int // batches of this turn that are not answered
}

// Drive sends requests requests on each lane and returns when all are answered, or
// with the first fault. The lanes take turns: each sends turn requests as fast as its
// server answers, then the next one does. Turns are some ten milliseconds long: short enough for all servers to
// meet the same disturbances, long enough for each to have its caches to itself. They
// do not run at the same moment, because two that compete for one processor fall into
// patterns in which, of two that are alike, one is always preempted and costs 15 %
// more.
func Drive(lanes []*Lane, requests, turn int) error {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return fmt.Errorf("load: epoll: %w", err)
	}
	defer unix.Close(epoll)
	d := &driver{epoll: epoll, conns: map[int32]*conn{}, buf: make([]byte, 256<<10)}
	defer d.leave(lanes)
	for done := 0; done < requests; done += turn {
		for _, l := range lanes {
			if err := d.turn(l, min(turn, requests-done)); err != nil {
				return err
			}
		}
	}
	return nil
}

// leave forgets the connections, which outlive the epoll.
func (d *driver) leave(lanes []*Lane) {
	for _, l := range lanes {
		for _, c := range l.conns {
			c.joined = false
		}
	}
}

// turn has the lane send requests requests.
func (d *driver) turn(l *Lane, requests int) error {
	begun := time.Now()
	defer func() { l.took += time.Since(begun) }()
	l.left = (requests + l.work.depth() - 1) / l.work.depth()
	d.left = l.left
	for i := 0; i < l.active && l.left > 0; i++ {
		if err := d.send(l.pick(l.conns[i])); err != nil {
			return err
		}
	}
	for d.left > 0 {
		if err := d.wait(); err != nil {
			return err
		}
	}
	return nil
}

// wait waits for events and sees to them.
func (d *driver) wait() error {
	n, err := unix.EpollWait(d.epoll, d.events[:], int(patience.Milliseconds()))
	switch {
	case errors.Is(err, unix.EINTR):
		return nil
	case err != nil:
		return fmt.Errorf("load: epoll: %w", err)
	case n == 0:
		return fmt.Errorf("load: no reply for %v, %d batches are left", patience, d.left)
	}
	for _, ev := range d.events[:n] {
		if err := d.event(d.conns[ev.Fd], ev.Events); err != nil {
			return err
		}
	}
	return nil
}

// send begins a batch on c.
func (d *driver) send(c *conn) error {
	c.lane.left--
	c.out, c.got, c.busy = c.lane.batch, 0, true
	if c.fd < 0 {
		if err := c.start(); err != nil {
			return err
		}
	}
	if !c.joined {
		if err := d.join(c); err != nil {
			return err
		}
	}
	if !c.dialed {
		return nil
	}
	return c.write()
}

// watched is what the epoll reports, each time it comes anew.
const watched = unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET&0xffffffff

// join has the epoll watch c, edge-triggered, so that it is asked once for each
// connection and not for each wait.
func (d *driver) join(c *conn) error {
	ev := &unix.EpollEvent{Events: watched, Fd: int32(c.fd)}
	if err := unix.EpollCtl(d.epoll, unix.EPOLL_CTL_ADD, c.fd, ev); err != nil {
		return fmt.Errorf("load: epoll: %w", err)
	}
	c.joined, d.conns[int32(c.fd)] = true, c
	return nil
}

func (d *driver) event(c *conn, events uint32) error {
	if c == nil || !c.busy {
		return nil // a word about writability
	}
	if events&unix.EPOLLOUT != 0 && len(c.out) > 0 {
		c.dialed = true
		if err := c.write(); err != nil {
			return err
		}
	}
	ended := events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0
	if events&unix.EPOLLIN == 0 && !ended {
		return nil
	}
	done, err := c.read(d.buf, ended)
	if err != nil || !done {
		return err
	}
	return d.finish(c)
}

// finish ends the batch on c and begins the lane's next one.
func (d *driver) finish(c *conn) error {
	d.left--
	c.busy = false
	if c.lane.work.Ending != Kept {
		delete(d.conns, int32(c.fd))
		c.hangUp()
	}
	if c.lane.left == 0 {
		return nil
	}
	return d.send(c.lane.pick(c))
}

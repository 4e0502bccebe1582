//go:build linux

package load

import (
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// A Lane is a number of connections to one server, all with the same workload. It
// belongs to the goroutine that drives it.
type Lane struct {
	work    Workload
	batch   []byte // what is sent at once
	reply   int    // length of what comes back for it
	tail    []byte // its last bytes
	addr    unix.SockaddrInet4
	conns   []*conn
	active  int // how many of conns work at the same time
	next    int // the connection whose turn it is, where not all are active
	left    int // batches to be sent yet
	checked int // replies since one was parsed again
	dialed  int
	took    time.Duration // the turns so far
}

// Took returns how long the lane's turns have lasted, all together.
func (l *Lane) Took() time.Duration { return l.took }

// Open makes a lane of n connections to addr, of which active work at the same time;
// 0 means all. The workload's replies are checked first.
func Open(addr string, w Workload, n, active int) (*Lane, error) {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, err
	}
	length, err := w.probe(addr)
	if err != nil {
		return nil, fmt.Errorf("load: %s at %s: %w", w.Name, addr, err)
	}
	want := w.Want()
	l := &Lane{
		work: w, batch: w.batch(), reply: length * w.depth(), tail: want[max(0, len(want)-16):],
		addr:   unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()},
		active: n,
	}
	if active > 0 && active < n {
		l.active = active
	}
	for range n {
		c := &conn{lane: l, fd: -1}
		l.conns = append(l.conns, c)
		if w.Ending != Kept {
			continue
		}
		if err := c.dial(); err != nil {
			l.Close()
			return nil, err
		}
	}
	return l, nil
}

// Close closes the connections.
func (l *Lane) Close() {
	for _, c := range l.conns {
		c.hangUp()
	}
}

// pick returns the connection to send the next batch on after c was answered.
func (l *Lane) pick(c *conn) *conn {
	if l.active == len(l.conns) {
		return c
	}
	c = l.conns[l.next]
	l.next = (l.next + 1) % len(l.conns)
	return c
}

// source returns the address that the next connection is made from. There are
// several, because a pair of addresses has too few ports for a quick succession of
// connections.
func (l *Lane) source() *unix.SockaddrInet4 {
	l.dialed++
	return &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, byte(1 + l.dialed%16)}}
}

//go:build linux

package live

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// patience is how long a lane waits for anything at all.
const patience = 5 * time.Second

// A Lane is a number of connections to one server, all for the same workload. It
// belongs to the goroutine that drives it.
type Lane struct {
	work    Workload
	addr    unix.SockaddrInet4
	epoll   int
	conns   map[int32]*conn // by descriptor
	order   []*conn
	events  [256]unix.EpollEvent
	buf     []byte
	burst   []byte // what an echoing client sends at once
	answer  []byte // and what is to come back
	publish string // the URL
	client  *http.Client
	took    time.Duration
}

// Open makes the workload's connections to addr, which are ready to be used then. The
// caller closes the lane.
func Open(addr string, w Workload) (*Lane, error) {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, err
	}
	l := &Lane{
		work: w, addr: unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()},
		conns: map[int32]*conn{}, buf: make([]byte, 64<<10), burst: w.question(), answer: w.answer(),
		publish: "http://" + addr + target.PublishPath + "?burst=" + strconv.Itoa(w.Burst),
		client:  &http.Client{Transport: &http.Transport{}, Timeout: patience},
	}
	if l.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("live: epoll: %w", err)
	}
	for range w.Clients {
		c := &conn{lane: l, fd: -1}
		l.order = append(l.order, c)
		if err := c.open(); err != nil {
			l.Close()
			return nil, err
		}
		l.conns[int32(c.fd)] = c
	}
	return l, nil
}

// Close closes the connections.
func (l *Lane) Close() {
	for _, c := range l.order {
		if c.fd >= 0 {
			_ = unix.Close(c.fd)
		}
	}
	_ = unix.Close(l.epoll)
	l.client.CloseIdleConnections()
}

// Took returns how long the lane's turns have lasted, all together.
func (l *Lane) Took() time.Duration { return l.took }

// Drive sends so many bursts on each lane, turn after turn, and returns when all that
// is to come back has come, or with the first fault.
func Drive(lanes []*Lane, bursts, turn int) error {
	for done := 0; done < bursts; done += turn {
		for _, l := range lanes {
			if err := l.turn(min(turn, bursts-done)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Lane) turn(bursts int) error {
	begun := time.Now()
	defer func() { l.took += time.Since(begun) }()
	if l.work.Echoes() {
		return l.echo(bursts)
	}
	for range bursts {
		if err := l.broadcast(); err != nil {
			return err
		}
	}
	return nil
}

// echo has every client send its next burst as soon as the last one has come back.
func (l *Lane) echo(bursts int) error {
	send := func(c *conn) error {
		c.got, c.out = 0, l.burst
		return c.write()
	}
	left, under := bursts, 0
	for _, c := range l.order[:min(bursts, len(l.order))] {
		if err := send(c); err != nil {
			return err
		}
		left, under = left-1, under+1
	}
	return l.wait(&under, func(c *conn) error {
		if left == 0 {
			return nil
		}
		left, under = left-1, under+1
		return send(c)
	})
}

// broadcast publishes one burst to all clients.
func (l *Lane) broadcast() error {
	for _, c := range l.order {
		c.got = 0
	}
	answered := make(chan error, 1)
	go func() { answered <- l.ask() }()
	under := len(l.order)
	err := l.wait(&under, func(*conn) error { return nil })
	return errors.Join(err, <-answered)
}

func (l *Lane) ask() error {
	resp, err := l.client.Get(l.publish)
	if err != nil {
		return fmt.Errorf("live: publish: %w", err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		return fmt.Errorf("live: publish: %s", resp.Status)
	}
	return nil
}

// wait reads until under connections have their burst, and calls done for each.
func (l *Lane) wait(under *int, done func(*conn) error) error {
	for *under > 0 {
		n, err := unix.EpollWait(l.epoll, l.events[:], int(patience.Milliseconds()))
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("live: epoll: %w", err)
		case n == 0:
			return fmt.Errorf("live: %s: nothing for %v, %d bursts are left", l.work.Name, patience, *under)
		}
		for _, ev := range l.events[:n] {
			c := l.conns[ev.Fd]
			complete, err := c.read()
			if err != nil {
				return err
			}
			if !complete {
				continue
			}
			*under--
			if err := done(c); err != nil {
				return err
			}
		}
	}
	return nil
}

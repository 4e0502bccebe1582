package http1

import (
	"sync"
	"syscall"
)

// A parking waits for connections on no goroutine of theirs: the system tells when there
// is something to read from one of them. It runs while there is somebody to wait for.
type parking struct {
	mu     sync.Mutex // guards what follows, and the parked of each Conn
	epoll  *epoll     // nil: not running
	last   uint64
	parked map[uint64]*Conn
}

var parkings parking

// Park has ready called on a new goroutine, once, when there is something to read, be it
// the end, or the connection has died. Nobody may read until then. It reports false where
// that is impossible, and then it is the caller's to wait.
func (c *Conn) Park(ready func()) bool {
	if c.raw == nil || c.Buffered() > 0 {
		return false
	}
	c.dropReader()
	if parkings.add(c, ready) != nil {
		return false
	}
	if c.Out.Err() != nil { // it may have died before it was parked
		c.Unpark()
	}
	return true
}

// Unpark has what Park was given called now, if it was not yet. Any goroutine may call
// it.
func (c *Conn) Unpark() { parkings.wake(c) }

func (p *parking) add(c *Conn, ready func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.epoll == nil {
		on, err := openEpoll()
		if err != nil {
			return err
		}
		p.epoll, p.parked = on, make(map[uint64]*Conn)
		go on.run(func(token uint64, _ uint32) { p.found(on, token) })
	}
	p.last++
	err := p.epoll.add(c.raw, syscall.EPOLLIN|syscall.EPOLLRDHUP, p.last)
	if err == nil {
		c.parked, c.ready = p.last, ready
		p.parked[p.last] = c
	}
	p.rest()
	return err
}

func (p *parking) wake(c *Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leave(c.parked)
	p.rest()
}

// leave has the connection called that is parked under token. mu is held.
func (p *parking) leave(token uint64) {
	c := p.parked[token]
	if c == nil {
		return
	}
	delete(p.parked, token)
	p.epoll.remove(c.raw)
	ready := c.ready
	c.parked, c.ready = 0, nil
	go ready()
}

// rest ends what has nobody to wait for. mu is held.
func (p *parking) rest() {
	if p.epoll != nil && len(p.parked) == 0 {
		p.epoll.stop()
		p.epoll, p.parked = nil, nil
	}
}

func (p *parking) found(on *epoll, token uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.epoll == on { // else it rests, and another runs
		p.leave(token)
		p.rest()
	}
}

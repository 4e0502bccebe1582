package http1

import (
	"errors"
	"os"
	"sync"
	"syscall"
)

// A parking waits for connections on no goroutine of theirs: the system tells when there
// is something to read from one of them. It runs while there is somebody to wait for.
type parking struct {
	mu     sync.Mutex // guards what follows, and the parked of each Conn
	epoll  *os.File   // nil: not running
	raw    syscall.RawConn
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
		if err := p.start(); err != nil {
			return err
		}
	}
	p.last++
	err := p.control(c.raw, syscall.EPOLL_CTL_ADD, &syscall.EpollEvent{
		Events: syscall.EPOLLIN | syscall.EPOLLRDHUP | syscall.EPOLLONESHOT,
		Fd:     int32(uint32(p.last)), Pad: int32(uint32(p.last >> 32)), // together what epoll(7) calls data
	})
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
	_ = p.control(c.raw, syscall.EPOLL_CTL_DEL, nil) // a socket that is closed has left by itself
	ready := c.ready
	c.parked, c.ready = 0, nil
	go ready()
}

func (p *parking) control(raw syscall.RawConn, op int, event *syscall.EpollEvent) error {
	var err error
	outer := p.raw.Control(func(epoll uintptr) {
		inner := raw.Control(func(fd uintptr) { err = syscall.EpollCtl(int(epoll), op, int(fd), event) })
		err = errors.Join(err, inner)
	})
	return errors.Join(err, outer)
}

func (p *parking) start() error {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // which has the runtime's poller wait for it
		_ = syscall.Close(fd)
		return os.NewSyscallError("setnonblock", err)
	}
	file := os.NewFile(uintptr(fd), "parking")
	raw, err := file.SyscallConn()
	if err != nil {
		_ = file.Close()
		return err
	}
	p.epoll, p.raw, p.parked = file, raw, make(map[uint64]*Conn)
	go p.run(file, raw)
	return nil
}

// rest ends what has nobody to wait for; run sees to the file, whose close would wait for
// it. mu is held.
func (p *parking) rest() {
	if p.epoll == nil || len(p.parked) > 0 {
		return
	}
	_ = p.epoll.SetReadDeadline(longAgo)
	p.epoll, p.raw, p.parked = nil, nil, nil
}

// run wakes connections until it is told to rest.
func (p *parking) run(file *os.File, raw syscall.RawConn) {
	defer file.Close()
	events := make([]syscall.EpollEvent, 64)
	_ = raw.Read(func(epoll uintptr) bool {
		for {
			n, err := syscall.EpollWait(int(epoll), events, 0)
			if err == syscall.EINTR {
				continue
			}
			if n <= 0 {
				return false
			}
			p.found(raw, events[:n])
		}
	})
}

func (p *parking) found(raw syscall.RawConn, events []syscall.EpollEvent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.raw != raw {
		return // it rests, and another runs
	}
	for _, e := range events {
		p.leave(uint64(uint32(e.Fd)) | uint64(uint32(e.Pad))<<32)
	}
	p.rest()
}

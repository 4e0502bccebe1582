package http1

import (
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
)

const canLookOut = true

// A lookout learns of the leaving of peers without reading: it has the system report
// the end of their side, or a reset, of any number of connections. It runs while there
// is somebody to look out for.
type lookout struct {
	mu     sync.Mutex
	epoll  *os.File // nil: not running
	raw    syscall.RawConn
	last   uint64
	sought map[uint64]func(error)
}

var lookouts lookout

// add has gone called, once, when the peer of raw is gone; remove takes that back. The
// socket must not be closed before.
func (l *lookout) add(raw syscall.RawConn, gone func(error)) (token uint64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.epoll == nil {
		if err := l.start(); err != nil {
			return 0, err
		}
	}
	l.last++
	token = l.last
	event := syscall.EpollEvent{
		Events: syscall.EPOLLRDHUP | syscall.EPOLLONESHOT,
		Fd:     int32(uint32(token)), Pad: int32(uint32(token >> 32)), // together what epoll(7) calls data
	}
	err = l.control(raw, syscall.EPOLL_CTL_ADD, &event)
	if err == nil {
		l.sought[token] = gone
	}
	l.rest()
	return token, err
}

func (l *lookout) remove(raw syscall.RawConn, token uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.epoll == nil {
		return
	}
	_ = l.control(raw, syscall.EPOLL_CTL_DEL, nil)
	delete(l.sought, token)
	l.rest()
}

func (l *lookout) control(raw syscall.RawConn, op int, event *syscall.EpollEvent) error {
	var err error
	outer := l.raw.Control(func(epoll uintptr) {
		inner := raw.Control(func(fd uintptr) { err = syscall.EpollCtl(int(epoll), op, int(fd), event) })
		err = errors.Join(err, inner)
	})
	return errors.Join(err, outer)
}

func (l *lookout) start() error {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // which has the runtime's poller wait for it
		_ = syscall.Close(fd)
		return os.NewSyscallError("setnonblock", err)
	}
	l.epoll = os.NewFile(uintptr(fd), "lookout")
	if l.raw, err = l.epoll.SyscallConn(); err != nil {
		_ = l.epoll.Close()
		l.epoll = nil
		return err
	}
	l.sought = make(map[uint64]func(error))
	go l.run(l.epoll, l.raw)
	return nil
}

// rest ends what has nobody to look out for. mu is held.
func (l *lookout) rest() {
	if len(l.sought) == 0 {
		l.stop()
	}
}

// stop ends run, which sees to the rest: a close waits for it.
func (l *lookout) stop() {
	_ = l.epoll.SetReadDeadline(longAgo)
	l.epoll, l.raw, l.sought = nil, nil, nil
}

// run reports what the system has found until it is stopped.
func (l *lookout) run(file *os.File, raw syscall.RawConn) {
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
			for _, e := range events[:n] {
				l.found(raw, uint64(uint32(e.Fd))|uint64(uint32(e.Pad))<<32, e.Events)
			}
		}
	})
}

func (l *lookout) found(raw syscall.RawConn, token uint64, events uint32) {
	l.mu.Lock()
	var gone func(error)
	if l.raw == raw {
		gone = l.sought[token]
		delete(l.sought, token) // not yet rest: whoever asked will remove it
	}
	l.mu.Unlock()
	if gone == nil {
		return
	}
	err := io.EOF
	if events&(syscall.EPOLLERR|syscall.EPOLLHUP) != 0 {
		err = syscall.ECONNRESET
	}
	gone(err)
}

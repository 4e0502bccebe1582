package http1

import (
	"io"
	"sync"
	"syscall"
)

const canLookOut = true

// A lookout learns of the leaving of peers without reading: it has the system report
// the end of their side, or a reset, of any number of connections. It runs while there
// is somebody to look out for.
type lookout struct {
	mu     sync.Mutex
	epoll  *epoll // nil: not running
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
		if l.epoll, err = openEpoll(); err != nil {
			return 0, err
		}
		l.sought = make(map[uint64]func(error))
		on := l.epoll
		go on.run(func(token uint64, events uint32) { l.found(on, token, events) })
	}
	l.last++
	token = l.last
	err = l.epoll.add(raw, syscall.EPOLLRDHUP, token)
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
	l.epoll.remove(raw)
	delete(l.sought, token)
	l.rest()
}

// rest ends what has nobody to look out for. mu is held.
func (l *lookout) rest() {
	if len(l.sought) == 0 {
		l.epoll.stop()
		l.epoll, l.sought = nil, nil
	}
}

func (l *lookout) found(on *epoll, token uint64, events uint32) {
	l.mu.Lock()
	var gone func(error)
	if l.epoll == on {
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

package http1

import (
	"errors"
	"os"
	"syscall"
)

// An epoll has the system tell what happens to any number of sockets, to one goroutine
// that the runtime's own poller wakes.
type epoll struct {
	file *os.File
	raw  syscall.RawConn
}

func openEpoll() (*epoll, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // which has the runtime's poller wait for it
		_ = syscall.Close(fd)
		return nil, os.NewSyscallError("setnonblock", err)
	}
	file := os.NewFile(uintptr(fd), "epoll")
	raw, err := file.SyscallConn()
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &epoll{file, raw}, nil
}

// add has one of events reported, once, under token.
func (e *epoll) add(raw syscall.RawConn, events uint32, token uint64) error {
	return e.control(raw, syscall.EPOLL_CTL_ADD, &syscall.EpollEvent{
		Events: events | syscall.EPOLLONESHOT,
		Fd:     int32(uint32(token)), Pad: int32(uint32(token >> 32)), // together what epoll(7) calls data
	})
}

// remove takes an add back. A socket that is closed has left by itself.
func (e *epoll) remove(raw syscall.RawConn) { _ = e.control(raw, syscall.EPOLL_CTL_DEL, nil) }

func (e *epoll) control(raw syscall.RawConn, op int, event *syscall.EpollEvent) error {
	var err error
	outer := e.raw.Control(func(epoll uintptr) {
		inner := raw.Control(func(fd uintptr) { err = syscall.EpollCtl(int(epoll), op, int(fd), event) })
		err = errors.Join(err, inner)
	})
	return errors.Join(err, outer)
}

// run calls found for all that happens until it is stopped.
func (e *epoll) run(found func(token uint64, events uint32)) {
	defer e.file.Close()
	events := make([]syscall.EpollEvent, 64)
	_ = e.raw.Read(func(fd uintptr) bool {
		for {
			n, err := syscall.EpollWait(int(fd), events, 0)
			if err == syscall.EINTR {
				continue
			}
			if n <= 0 {
				return false
			}
			for _, event := range events[:n] {
				found(uint64(uint32(event.Fd))|uint64(uint32(event.Pad))<<32, event.Events)
			}
		}
	})
}

// stop ends run, which sees to the file: a close here would wait for it.
func (e *epoll) stop() { _ = e.file.SetReadDeadline(longAgo) }

package http1

import (
	"errors"
	"os"
	"sync"
	"time"
)

// longAgo interrupts a read.
var longAgo = time.Unix(1, 0)

// A watch reads ahead while nobody else reads, to learn that the peer has left.
// What it reads stays in the buffer for whoever reads next; a full buffer ends it.
type watch struct {
	mu       sync.Mutex
	running  bool
	done     chan struct{} // closed when the goroutine has left the reader
	deadline time.Time     // of reads by anybody else
}

// Watch starts to look out for the peer's leaving; Config.Gone is called within
// moments of it. It must be called only while nobody reads, and [Conn.Unwatch]
// before anybody reads again.
func (c *Conn) Watch() {
	w := &c.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running {
		return
	}
	br := c.Reader()
	if br.Buffered() == br.Size() {
		return
	}
	_ = c.rwc.SetReadDeadline(time.Time{})
	w.running = true
	done := make(chan struct{})
	w.done = done
	go func() {
		defer close(done)
		for br.Buffered() < br.Size() {
			if _, err := br.Peek(br.Buffered() + 1); err != nil {
				if !errors.Is(err, os.ErrDeadlineExceeded) {
					c.lost(err)
				}
				return
			}
		}
	}()
}

// Unwatch ends the watch and returns when the reader is free.
func (c *Conn) Unwatch() {
	w := &c.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.running {
		return
	}
	_ = c.rwc.SetReadDeadline(longAgo)
	<-w.done
	w.running = false
	_ = c.rwc.SetReadDeadline(w.deadline)
}

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
	mu       sync.Mutex // guards the others but aborted
	abort    sync.Mutex // guards aborted
	running  bool
	done     chan struct{} // closed when the goroutine has left the reader
	aborted  bool          // Unwatch has interrupted the read
	deadline time.Time     // of reads by anybody else
	ends     bool          // deadline holds for the watch too
	shared   bool          // somebody else may have set another deadline
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
	if w.ends {
		_ = c.rwc.SetReadDeadline(w.deadline)
	} else {
		_ = c.rwc.SetReadDeadline(time.Time{})
	}
	w.running = true
	w.abort.Lock()
	w.aborted = false
	w.abort.Unlock()
	done := make(chan struct{})
	w.done = done
	go func() {
		defer close(done)
		for br.Buffered() < br.Size() {
			if _, err := br.Peek(br.Buffered() + 1); err != nil {
				w.ended(c, err)
				return
			}
		}
	}()
}

// ended makes err known, unless Unwatch has brought it about.
func (w *watch) ended(c *Conn, err error) {
	w.abort.Lock()
	aborted := w.aborted
	w.abort.Unlock()
	if !aborted || !errors.Is(err, os.ErrDeadlineExceeded) {
		c.lost(err)
	}
}

// Unwatch ends the watch and returns when the reader is free.
func (c *Conn) Unwatch() {
	w := &c.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.running {
		return
	}
	w.abort.Lock()
	w.aborted = true
	w.abort.Unlock()
	_ = c.rwc.SetReadDeadline(longAgo)
	<-w.done
	w.running = false
	_ = c.rwc.SetReadDeadline(w.deadline)
}

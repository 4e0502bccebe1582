package http1

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// longAgo interrupts a read.
var longAgo = time.Unix(1, 0)

// A watch looks out for the peer's leaving while a request is served. Where the system
// does not tell without a read it reads ahead: what it reads stays in the buffer for
// whoever reads next, and a full buffer ends it.
type watch struct {
	bounds   atomic.Bool // running, ends, shared or deadline is set
	mu       sync.Mutex  // guards the others but aborted; bounds may be read without
	running  bool
	ends     bool      // deadline holds for the watch too
	shared   bool      // somebody else may have set another deadline
	reads    bool      // ahead
	deadline time.Time // of reads by anybody else

	raw   syscall.RawConn // what the lookout watches
	token uint64
	alarm *time.Timer // for deadline

	done    chan struct{} // closed when the goroutine has left the reader
	abort   sync.Mutex    // guards aborted
	aborted bool          // Unwatch has interrupted the read
}

// Watch starts to look out for the peer's leaving; Config.Gone is called within
// moments of it. It must be called only while nobody reads, and [Conn.Unwatch]
// before anybody reads again. It reports false if the system has no means for it now.
func (c *Conn) Watch() bool {
	w := &c.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running {
		return true
	}
	w.bounds.Store(true)
	if canLookOut && c.raw != nil {
		token, err := lookouts.add(c.raw, c.lost)
		if err == nil {
			w.raw, w.token, w.running = c.raw, token, true
			c.setAlarm()
			return true
		}
		if c.attends {
			return false
		}
	}
	w.readAhead(c)
	return true
}

func (w *watch) readAhead(c *Conn) {
	br := c.Reader()
	if br.Buffered() == br.Size() {
		return
	}
	if w.ends {
		_ = c.rwc.SetReadDeadline(w.deadline)
	} else {
		_ = c.rwc.SetReadDeadline(time.Time{})
	}
	w.running, w.reads = true, true
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

// setAlarm has the lookout's watch end at the deadline, if it holds for it. mu is held.
func (c *Conn) setAlarm() {
	w := &c.watch
	if w.alarm != nil {
		w.alarm.Stop()
		w.alarm = nil
	}
	if w.running && !w.reads && w.ends && !w.deadline.IsZero() {
		w.alarm = time.AfterFunc(time.Until(w.deadline), c.alarmed)
	}
}

// alarmed is called at the deadline, or when it was replaced just now.
func (c *Conn) alarmed() {
	w := &c.watch
	w.mu.Lock()
	defer w.mu.Unlock() // the next request may not begin meanwhile
	if w.running && w.ends && !w.deadline.IsZero() && !time.Now().Before(w.deadline) {
		c.lost(os.ErrDeadlineExceeded)
	}
}

// Unwatch ends the watch, returns when the reader is free, and reports whether there
// was one.
func (c *Conn) Unwatch() bool {
	w := &c.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.running {
		return false
	}
	w.running = false
	if !w.reads {
		lookouts.remove(w.raw, w.token)
		w.raw = nil
		c.setAlarm()
		return true
	}
	w.reads = false
	w.abort.Lock()
	w.aborted = true
	w.abort.Unlock()
	_ = c.rwc.SetReadDeadline(longAgo)
	<-w.done
	_ = c.rwc.SetReadDeadline(w.deadline)
	return true
}

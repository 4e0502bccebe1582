package ws

import (
	"sync"
	"sync/atomic"
	"time"
)

// An alive looks after a client that is silent, or does not answer a close frame. One
// timer does both: no goroutine waits.
type alive struct {
	waiting atomic.Bool  // somebody waits for the client
	last    atomic.Int64 // when it was heard last, in nanoseconds since born
	parting atomic.Bool  // a close frame was sent

	born time.Time

	mu     sync.Mutex    // guards what follows
	timer  *time.Timer   // nil: no pings
	pinged time.Duration // when a ping was sent while somebody waited, since born
	until  time.Duration // the client has to answer the close frame, since born
	ended  bool
}

// watch begins to look after the client.
func (c *Conn) watch() {
	a := &c.alive
	a.mu.Lock()
	defer a.mu.Unlock()
	a.born = time.Now()
	if d := c.opts.PingInterval; d > 0 {
		a.timer = time.AfterFunc(d, c.tick)
	}
}

// heard notes that something has come.
func (a *alive) heard() {
	a.last.Store(int64(time.Since(a.born)))
}

// part gives the client its time to answer a close frame, once.
func (a *alive) part(c *Conn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.parting.Swap(true) || a.ended {
		return
	}
	a.until = time.Since(a.born) + c.opts.CloseTimeout
	if a.timer == nil {
		a.timer = time.AfterFunc(c.opts.CloseTimeout, c.tick)
		return
	}
	a.timer.Reset(c.opts.CloseTimeout)
}

func (a *alive) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
	if a.timer != nil {
		a.timer.Stop()
	}
}

// tick is called by the timer.
func (c *Conn) tick() {
	ping, reason := c.alive.due(c.opts.PingInterval)
	switch {
	case reason != nil:
		c.raw.Abort(reason)
	case ping:
		_ = c.WriteControl(PingMessage, nil, time.Time{}) // where a queue is full the client is not silent, but slow
	}
}

// due says what is to be done: a ping to be sent, or the connection to be closed.
func (a *alive) due(interval time.Duration) (ping bool, reason error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, last := time.Since(a.born), time.Duration(a.last.Load())
	switch {
	case a.ended:
		return false, nil
	case a.parting.Load() && now < a.until: // it was a ping's time, when the timer was set anew
		a.timer.Reset(a.until - now)
		return false, nil
	case a.parting.Load():
		return false, ErrCloseTimeout
	}
	if last >= a.pinged && now-last < interval {
		a.timer.Reset(interval - (now - last))
		return false, nil
	}
	// Who does not read cannot hear: only a wait that has lasted since the ping counts.
	waiting := a.waiting.Load()
	if a.pinged > last && waiting {
		return false, ErrPeerDead
	}
	a.pinged = 0
	if waiting {
		a.pinged = now
	}
	a.timer.Reset(interval)
	return true, nil
}

package http1

import (
	"os"
	"time"
)

// A waiter stands in line for the turn.
type waiter struct {
	ready chan struct{}
	late  *time.Timer // fires when the turn comes too late; nil: it never does
}

// until has w leave the line at t, and not at all if t is zero. mu is held.
func (w *waiter) until(t time.Time) {
	if w.late == nil {
		return
	}
	w.late.Stop()
	if !t.IsZero() {
		w.late.Reset(time.Until(t))
	}
}

// acquire waits for the turn, until the deadline or for the time-out. mu is held, and
// given up meanwhile.
func (o *Outbound) acquire() error {
	if o.err != nil {
		return o.err
	}
	if !o.busy {
		o.busy = true
		return nil
	}
	w := &waiter{ready: make(chan struct{}), late: time.NewTimer(time.Hour)}
	defer w.late.Stop()
	w.until(o.orTimeout(o.deadline))
	o.waiters = append(o.waiters, w)
	o.mu.Unlock()
	granted := true
	select {
	case <-w.ready:
	case <-w.late.C:
		granted = false
	}
	o.mu.Lock()
	if !granted && o.leave(w) {
		return os.ErrDeadlineExceeded
	}
	if o.err != nil {
		o.release()
		return o.err
	}
	return nil
}

// leave takes w out of the line; false: w already has the turn.
func (o *Outbound) leave(w *waiter) bool {
	for i, x := range o.waiters {
		if x == w {
			o.waiters = append(o.waiters[:i], o.waiters[i+1:]...)
			return true
		}
	}
	return false
}

// release passes the turn on: to the next in line, to the drainer if bytes were
// accepted meanwhile, or to nobody. mu is held.
func (o *Outbound) release() {
	switch {
	case len(o.waiters) > 0:
		w := o.waiters[0]
		o.waiters = o.waiters[1:]
		close(w.ready)
	case o.err == nil && len(o.buf) > 0:
		go o.drain()
	default:
		o.busy = false
	}
}

// Settle returns when nobody writes to the sink any more, dead or alive, and nobody
// will unless more is accepted.
func (o *Outbound) Settle() { o.Settled(func() {}) }

// Settled runs fn at such a moment, which lasts until fn returns.
func (o *Outbound) Settled(fn func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.busy {
		w := &waiter{ready: make(chan struct{})}
		o.waiters = append(o.waiters, w)
		o.mu.Unlock()
		<-w.ready
		o.mu.Lock()
		defer o.release()
		_ = o.write(nil) // the reason of death is kept
	}
	fn()
}

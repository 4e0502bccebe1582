package stream

import (
	"errors"
	"os"
	"time"
)

const (
	rawBusy int32 = iota
	rawWaiting
	rawInterrupted // by the sweep
)

// resume is called first on the goroutine on which a wait goes on.
func (r *Raw) resume() {
	r.firing.Lock() // until park has returned
	r.parked = false
	r.firing.Unlock()
	if r.resting {
		r.doze()
	}
}

// doze waits on after Wait has returned [ErrResting], needing little stack; the next
// Wait tells how that ended.
func (r *Raw) doze() {
	r.conn.beforeRead(nil)
	r.state.Store(rawWaiting)
	r.dozed = r.awake(r.conn.wire.Doze())
	r.conn.afterRead(0)
}

// awake is called when a wait has ended.
func (r *Raw) awake(err error) error {
	if r.state.CompareAndSwap(rawWaiting, rawBusy) {
		return r.lost(err)
	}
	r.firing.Lock() // until the interruption is complete
	defer r.firing.Unlock()
	r.state.Store(rawBusy)
	if cleared := r.conn.wire.SetReadDeadline(r.deadline, false); cleared != nil {
		return r.lost(cleared)
	}
	passed := !r.deadline.IsZero() && !time.Now().Before(r.deadline)
	if errors.Is(err, os.ErrDeadlineExceeded) && !passed {
		r.resting = true
		return ErrResting
	}
	return r.lost(err)
}

// park waits on like doze, but on no goroutine until resume is called.
func (r *Raw) park(resume func()) bool {
	r.firing.Lock()
	defer r.firing.Unlock()
	if !r.resting || !r.deadline.IsZero() {
		return false
	}
	r.conn.beforeRead(nil)
	r.resting = false // resume may be called at once
	parked := r.conn.wire.Park(resume)
	r.resting, r.parked = !parked, parked
	return parked
}

// sweep interrupts a wait that has become long: after half a second, and after two and
// eight for the reason that restAfter has.
func (r *Raw) sweep() {
	if r.state.Load() != rawWaiting {
		return
	}
	switch r.sweeps.Add(1) {
	case restAfter / 2, 2 * restAfter, 8 * restAfter:
	default:
		return
	}
	r.firing.Lock()
	defer r.firing.Unlock()
	if r.state.CompareAndSwap(rawWaiting, rawInterrupted) {
		_ = r.conn.wire.SetReadDeadline(time.Unix(1, 0), false)
	}
}

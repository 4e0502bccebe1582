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
	rawParked
)

// rawRestAfter is how many sweeps a wait lasts before it becomes a rest: half a second.
const rawRestAfter = restAfter / 2

// resume is called first on the goroutine on which a wait goes on.
func (r *Raw) resume() {
	r.firing.Lock() // until park has returned
	parked := r.parked
	r.parked = false
	r.firing.Unlock()
	if parked {
		r.state.Store(rawBusy)
		r.pause.adapt(r.pause.sweeps.Load())
	}
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
	r.pause.sweeps.Store(0)
	r.state.Store(rawParked)
	parked := r.conn.wire.Park(resume)
	r.resting, r.parked = !parked, parked
	if !parked {
		r.state.Store(rawBusy)
	}
	return parked
}

// sweep interrupts a wait that has become long: after half a second, or up to eight where
// the client has said something soon after such a rest; and after four and sixteen times as
// long for the reason that restAfter has. Of one that is parked it notes how long it lasts.
func (r *Raw) sweep() {
	switch r.state.Load() {
	case rawParked:
		r.pause.sweeps.Add(1)
		return
	case rawWaiting:
	default:
		return
	}
	if rests, looks := r.pause.sweep(rawRestAfter); !rests && !(looks && r.conn.wire.Stirs()) {
		return
	}
	r.firing.Lock()
	defer r.firing.Unlock()
	if r.state.CompareAndSwap(rawWaiting, rawInterrupted) {
		_ = r.conn.wire.SetReadDeadline(time.Unix(1, 0), false)
	}
}

package http1

import "time"

// A wait is what the holder of the turn waits for in the sink.
type wait uint8

const (
	waitsForNothing wait = iota
	waitsForSlice        // no longer than the time-out, or until the deadline
	waitsForCopy         // until the deadline: sendfile makes progress that cannot be seen
)

// Begin says that all that is accepted from now on belongs to a new response, whose
// deadline is t; the zero time is none. What is accepted by now keeps the deadline that
// it has: it goes out first, and as long as it is on its way, t ends no write.
func (o *Outbound) Begin(t time.Time) {
	o.mu.Lock()
	if n := o.inflight + len(o.buf); n > 0 {
		if o.ahead == 0 || !o.earlier.IsZero() && (o.deadline.IsZero() || o.deadline.After(o.earlier)) {
			o.earlier = o.deadline
		}
		o.ahead = n
	}
	o.deadline = t
	o.mu.Unlock()
}

// SetDeadline replaces the time-out of each write of the present response by one point
// in time; the zero time goes back to the time-out. It never waits, and holds for
// writes that wait already, be it for the peer or for their turn.
func (o *Outbound) SetDeadline(t time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bound(t)
}

// bound is SetDeadline with mu held.
func (o *Outbound) bound(t time.Time) {
	o.deadline = t
	for _, w := range o.waiters {
		w.until(o.orTimeout(t))
	}
	if o.quick && o.waits != waitsForNothing && o.ahead == 0 {
		o.left = 0
		_ = o.sink.Arm(o.expiry(o.waits)) // if it fails, so does the write
	}
}

// count bounds a write that is about to begin by the time-out, if nothing else bounds it, in
// sweeps: a deadline for each response would be a timer moved for each. mu is held.
func (o *Outbound) count() error {
	if o.sweeps == 0 || !o.deadline.IsZero() {
		return o.own.Arm(o.expiry(waitsForSlice))
	}
	o.left = o.sweeps
	return o.own.Arm(time.Time{})
}

// sweep ends a write that was counted and has had its time. It waits for nobody: whoever has
// mu may be in a Close that the carrier takes its time for, and then the next sweep counts.
func (o *Outbound) sweep() {
	if !o.mu.TryLock() {
		return
	}
	defer o.mu.Unlock()
	if o.left > 0 {
		if o.left--; o.left == 0 {
			if err := o.own.Arm(longAgo); err != nil {
				go o.Kill(err) // likewise
			}
		}
	}
}

// await runs fn, which writes to the sink and may wait for the peer, for as long as
// what is bounded by. mu and the turn are held; mu is given up meanwhile.
func (o *Outbound) await(what wait, fn func() error) error {
	until := o.expiry(what)
	if o.quick {
		if err := o.sink.Arm(until); err != nil {
			return err
		}
	}
	o.waits = what
	defer func() { o.waits = waitsForNothing }()
	return o.unlocked(func() error {
		if !o.quick {
			if err := o.sink.Arm(until); err != nil {
				return err
			}
		}
		return fn()
	})
}

// fixed returns the deadline of the byte that is the next to leave.
func (o *Outbound) fixed() time.Time {
	if o.ahead > 0 {
		return o.earlier
	}
	return o.deadline
}

// expired reports whether that deadline has passed: nothing may leave any more.
func (o *Outbound) expired() bool { return passed(o.fixed()) }

// expiry returns until when to wait for what.
func (o *Outbound) expiry(what wait) time.Time {
	if what == waitsForCopy {
		return o.deadline
	}
	return o.orTimeout(o.fixed())
}

// orTimeout returns t or, if it is zero, the time at which the time-out is over.
func (o *Outbound) orTimeout(t time.Time) time.Time {
	if !t.IsZero() || o.timeout <= 0 {
		return t
	}
	return time.Now().Add(o.timeout)
}

// passed reports whether t, unless it is zero, has come.
func passed(t time.Time) bool { return !t.IsZero() && past(t) }

// past stands apart so that the compiler puts passed in line: as a rule there is no deadline.
func past(t time.Time) bool { return !time.Now().Before(t) }

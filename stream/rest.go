package stream

import (
	"errors"
	"os"
	"sync/atomic"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// ErrResting is returned by [Conn.Serve] when the connection has been idle for a while:
// the owner parks it with [Conn.Park]. Where that is impossible the loop goes on with it
// on a new goroutine, whose stack is as small as stacks are, and which calls [Conn.Rest]
// first.
var ErrResting = errors.New("stream: resting")

// restAfter is how many sweeps a connection is idle before it rests: after one second,
// and again after four and sixteen, because the runtime gives new goroutines as much
// stack as others needed on the average when it last looked.
const restAfter = int32(time.Second / SweepInterval)

// Whoever asks again soon after a rest rests twice as late the next time, mostLate times at
// the most: a rest costs as much as a request. Soon is within soonAfter sweeps.
const (
	mostLate  = 4
	soonAfter = restAfter << mostLate
)

// neverRests is the count of a connection that does not rest at all.
const neverRests = -1 << 30

// A pause counts how long a wait lasts that may become a rest.
type pause struct {
	sweeps atomic.Int32
	late   uint8 // doublings of the time until it does; of the goroutine that waits
}

// begin begins to count a wait that is a rest after so many sweeps, as a rule.
func (p *pause) begin(after int32) { p.sweeps.Store(after - after<<p.late) }

// adapt makes up its mind when the next rest is to come, behind one of so many sweeps.
func (p *pause) adapt(rested int32) {
	switch {
	case rested > soonAfter:
		p.late = 0
	case p.late < mostLate:
		p.late++
	}
}

// sweep counts a sweep. The wait is to become a rest if rests; it is to be looked at if
// looks, because it may have overlooked something, as the end that came along with the last
// bytes: once in the time that others wait until a rest finds out, and at the first sweep of
// one that never rests.
func (p *pause) sweep(after int32) (rests, looks bool) {
	switch p.sweeps.Add(1) {
	case after, 4 * after, 16 * after:
		return true, false
	case 2*after - after<<1, 2*after - after<<2, 2*after - after<<3, 2*after - after<<mostLate, neverRests + 1:
		return false, true
	}
	return false, false
}

// A rest is how a connection is idle. It belongs to the goroutine that serves.
type rest struct {
	pause
	parked bool  // Park waits
	resume bool  // Rest was called, and ended with err
	err    error // of the wait
}

// restSweep interrupts a wait that has become long, or has overlooked something.
func (c *Conn) restSweep() {
	if c.state.Load() != connIdle {
		return
	}
	if rests, looks := c.rest.sweep(restAfter); !rests && !(looks && c.wire.Stirs()) {
		return
	}
	c.patience.firing.Lock()
	defer c.patience.firing.Unlock()
	if c.state.CompareAndSwap(connIdle, connResting) {
		_ = c.wire.SetReadDeadline(time.Unix(1, 0), false)
	}
}

// rested is called when a wait has ended with err while the connection was being
// interrupted. It reports whether the interruption has ended it.
func (c *Conn) rested(err error) bool {
	c.patience.firing.Lock() // until the interruption is complete
	defer c.patience.firing.Unlock()
	if c.patience.sweeps.Load() == ranOut {
		return false
	}
	cleared := c.wire.SetReadDeadline(time.Time{}, false) == nil
	return cleared && errors.Is(err, os.ErrDeadlineExceeded)
}

// Park has resume called, once and on a new goroutine, when there is something to do on
// an idle connection, so that it needs none until then: after [ErrResting], instead of
// [Conn.Rest], with which resume begins. It reports false where that is impossible.
func (c *Conn) Park(resume func()) bool {
	c.rest.sweeps.Store(neverRests)
	c.state.Store(connIdle)
	c.rest.parked = true // before resume is called
	if c.ends() || !c.wire.Park(resume) {
		c.rest.parked = false
		return false
	}
	if c.patience.sweeps.Load() == ranOut { // just before
		c.wire.Unpark()
	}
	return true
}

// Rest waits on after [ErrResting], unless Park has; [Conn.Serve] goes on from there. To be
// called on a new goroutine, and first.
func (c *Conn) Rest() {
	c.rest.resume, c.rest.err = true, nil
	if c.rest.parked {
		c.rest.parked = false
		c.rest.adapt(c.rest.sweeps.Load() - neverRests)
		c.rest.begin(restAfter)
		return // there is something to do
	}
	c.state.Store(connIdle)
	if c.ends() {
		c.rest.err = ErrClosed
		return
	}
	if c.rest.err = c.awake(c.wire.Doze()); c.rest.err == nil {
		c.state.Store(connIdle)
	}
}

// shed lets go of what c has for its next request, when something begins that may last for
// as long as it likes. The watch has ended: whoever asks for another gets a watcher anew.
func (c *Conn) shed() {
	c.memo = http1.Memo{}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watcher = nil
}

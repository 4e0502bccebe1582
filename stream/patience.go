package stream

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// SweepInterval is how often an [Owner] calls [Conn.Sweep].
const SweepInterval = 250 * time.Millisecond

// coarse is the shortest time-out that the sweep sees to. It may come late by two
// intervals; a shorter one is set on the socket.
const coarse = 40 * SweepInterval

const ranOut = -1

// A term is how long a wait may last; the zero term bounds nothing.
type term struct {
	time.Duration
	sweeps int64 // that long, 0 if they cannot see to it
}

func newTerm(d time.Duration) term { return term{d, sweepsOf(d)} }

// sweepsOf returns how many sweeps a time-out of d lasts, 0 if they cannot see to it.
func sweepsOf(d time.Duration) int64 {
	if d < coarse {
		return 0
	}
	return min(int64(d/SweepInterval)+1, math.MaxInt32)
}

// A patience bounds a wait for the client. Long ones cost next to nothing: they are
// counted in sweeps, and no timer is set anew for each request.
type patience struct {
	sweeps atomic.Int64 // still to come, 0: no bound, ranOut: none came in time
	firing sync.Mutex   // held while the last one interrupts the wait
}

// bound lets the wait for the client end with os.ErrDeadlineExceeded d after since, which
// is now if it is zero. exact says that the bound is on the socket.
func (p *patience) bound(wire *http1.Conn, since time.Time, d term) (exact bool, err error) {
	if d.sweeps > 0 && since.IsZero() || d.Duration <= 0 {
		p.count(d.sweeps)
		return false, lift(wire)
	}
	p.count(0)
	if since.IsZero() {
		since = time.Now()
	}
	return true, wire.SetReadDeadline(since.Add(d.Duration), false)
}

// unbound is bound without a bound.
func (p *patience) unbound(wire *http1.Conn) error {
	p.count(0)
	return lift(wire)
}

// count has that many sweeps to come; the caller sets the deadline anew.
func (p *patience) count(sweeps int64) {
	if p.sweeps.Load() != sweeps && p.sweeps.Swap(sweeps) == ranOut {
		p.recount(sweeps)
	}
}

// recount is count behind the sweep that found the time over.
func (p *patience) recount(sweeps int64) {
	p.firing.Lock() // until its deadline is set
	p.sweeps.Store(sweeps)
	p.firing.Unlock()
}

// lift takes the deadline away, if there is one.
func lift(wire *http1.Conn) error {
	if !wire.Bounded() {
		return nil
	}
	return wire.SetReadDeadline(time.Time{}, false)
}

// sweep counts one interval.
func (p *patience) sweep(wire *http1.Conn) {
	left := p.sweeps.Load()
	switch {
	case left > 1:
		p.sweeps.CompareAndSwap(left, left-1)
	case left == 1:
		p.firing.Lock()
		defer p.firing.Unlock()
		if p.sweeps.CompareAndSwap(1, ranOut) {
			_ = wire.SetReadDeadline(time.Unix(1, 0), false)
			wire.Unpark()
		}
	}
}

// Sweep is called by the owner every [SweepInterval] while the connection is open.
func (c *Conn) Sweep() {
	c.patience.sweep(c.wire)
	c.wire.Sweep()
	c.restSweep()
	if r := c.upgraded.Load(); r != nil {
		r.sweep()
	}
}

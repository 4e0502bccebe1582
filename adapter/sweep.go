package adapter

import (
	"time"

	"github.com/onramp-go/onramp/stream"
)

// A sweeper looks after the time-outs of the connections, as long as there are any.
type sweeper struct {
	timer *time.Timer // nil before the first connection
	on    bool
}

// start is called when there is a first connection. The Adapter's mu is held.
func (s *sweeper) start(sweep func()) {
	if s.timer == nil {
		s.timer = time.AfterFunc(stream.SweepInterval, sweep)
	} else {
		s.timer.Reset(stream.SweepInterval)
	}
	s.on = true
}

// stop is called when there is no connection any more. The Adapter's mu is held.
func (s *sweeper) stop() {
	if s.on {
		s.timer.Stop()
		s.on = false
	}
}

func (o *owner) sweep() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.sweeper.on {
		return // stopped when the timer had fired
	}
	for c := range o.conns {
		c.Sweep()
	}
	o.sweeper.timer.Reset(stream.SweepInterval)
}

package stream

import "time"

// DefaultBodyTimeout bounds the wait for body bytes where nothing else does.
const DefaultBodyTimeout = 30 * time.Second

// paceBytes is how much of a request body has to come within the time for it, in bytes.
const paceBytes = 16 << 10

// A pace bounds how slowly the body of one request may come: the time that is spent
// waiting for each paceBytes of it. Processing does not count. The Conn's mu guards it.
type pace struct {
	sweeps int64 // the time, in sweeps
	left   int64 // of it; 0: all
	got    int64 // bytes since left was 0
}

// paced returns the pace for the body of the next request, nil if there is none or the
// time for it is bounded otherwise.
func (c *Conn) paced(bounded bool) *pace {
	d := c.owner.Settings().BodyTimeout
	if bounded || d <= 0 {
		return nil
	}
	return &pace{sweeps: int64(d/SweepInterval) + 1}
}

// begin and end enclose a wait for body bytes.
func (p *pace) begin(c *Conn) {
	if p.left <= 0 {
		p.left = p.sweeps
	}
	c.patience.sweeps.Store(p.left)
}

func (p *pace) end(c *Conn, n int64) {
	p.left = c.patience.sweeps.Swap(0)
	if p.left == ranOut {
		c.patience.firing.Lock() // until its deadline is set, for whoever clears it
		c.patience.sweeps.Store(0)
		c.patience.firing.Unlock()
	}
	if p.got += n; p.got >= paceBytes {
		p.got, p.left = 0, 0
	}
}

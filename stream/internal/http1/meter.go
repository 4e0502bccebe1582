package http1

import (
	"sync/atomic"
	"time"
)

// A Meter counts what a [Conn] reads, where somebody wants to know.
type Meter struct {
	In    atomic.Int64 // bytes
	Clock *Clock       // of the response under way; set by whoever serves
}

// begins notes that the response under way has begun. m may be nil.
func (m *Meter) begins() {
	if m != nil && m.Clock != nil {
		m.Clock.Mark()
	}
}

// A Clock measures the time to the first byte of a response.
type Clock struct {
	since time.Time
	first atomic.Int64 // nanoseconds and one more, 0: none
}

// Start begins anew. Nobody else may use the Clock meanwhile.
func (c *Clock) Start() {
	c.since = time.Now()
	c.first.Store(0)
}

// Mark notes that the response begins, once.
func (c *Clock) Mark() {
	if c.first.Load() == 0 {
		c.first.CompareAndSwap(0, int64(time.Since(c.since))+1)
	}
}

// Read returns the time to the Mark, negative if there was none, and the time until now.
func (c *Clock) Read() (first, whole time.Duration) {
	return time.Duration(c.first.Load() - 1), time.Since(c.since)
}

package adapter

import (
	"time"

	"github.com/onramp-go/onramp/stream"
)

// outgrow makes the request that is about to be served the last one of a connection that
// is older than MaxConnAge.
func (o *owner) outgrow(c *stream.Conn) {
	if c.Age() >= o.opts.MaxConnAge-discount(c.ID(), o.opts.MaxConnAge/10) {
		c.CloseAfter()
	}
}

// discount returns what is taken off for the connection with the ID, less than most: the
// multiples of the golden ratio are spread evenly (Knuth, The Art of Computer Programming,
// section 6.4), and the same connection always gets the same.
func discount(id uint64, most time.Duration) time.Duration {
	const golden = 0x9e3779b97f4a7c15 // of 2^64
	return time.Duration(float64(id*golden) / (1 << 64) * float64(most))
}

package streamtest

import "time"

// Defaults of [Options].
const (
	DefaultWindow   = 64 << 10
	DefaultPatience = 15 * time.Second
)

// Options says what the network between a client and its server is like. The zero
// value is valid: memory, without faults.
type Options struct {
	// TCP has connections run over the loopback interface. Latency and Segment have no
	// meaning then.
	TCP bool
	// Window bounds what was written to one end of a connection and not read at the
	// other, in bytes: a writer waits for room. Over TCP it sizes the kernel's buffers,
	// which take more than that. 0: DefaultWindow; over TCP, what the system gives.
	// Negative: no bound.
	Window int
	// Latency is how long bytes, and the end, are under way in either direction. A
	// reset is not delayed. 0 or negative: not at all.
	Latency time.Duration
	// Segment bounds what one Read returns, in bytes. It never returns bytes of two
	// writes, whatever Segment says. 0 or negative: no bound.
	Segment int
	// Patience bounds each wait of a client, and how long a server may take to shut
	// down. 0: DefaultPatience. Negative: no bound.
	Patience time.Duration
}

// resolved returns a copy of o with the defaults in it.
func (o *Options) resolved() Options {
	var r Options
	if o != nil {
		r = *o
	}
	if r.Window == 0 && !r.TCP {
		r.Window = DefaultWindow
	}
	if r.Patience == 0 {
		r.Patience = DefaultPatience
	}
	return r
}

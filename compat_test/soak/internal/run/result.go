package run

import (
	"fmt"
	"time"

	"github.com/onramp-go/onramp/compat_test/soak/internal/serve"
	"github.com/onramp-go/onramp/stream"
)

// A Check is something that has to hold, and whether it does.
type Check struct {
	Name, Want, Got string
	Holds           bool
}

// A Result is what became of one server.
type Result struct {
	Kind   string
	Counts map[string]int64 // what the clients did
	Checks []Check
	Wrong  []string // the first of what was wrong, in words
	Ends   []time.Duration
	CPU    time.Duration
}

// Holds reports whether all checks do.
func (r *Result) Holds() bool {
	for _, c := range r.Checks {
		if !c.Holds {
			return false
		}
	}
	return len(r.Checks) > 0
}

func (r *Result) check(name string, holds bool, want, got any) {
	r.Checks = append(r.Checks, Check{name, fmt.Sprint(want), fmt.Sprint(got), holds})
}

func (r *Result) atMost(name string, got, want int64) {
	r.check(name, got <= want, fmt.Sprint("at most ", want), got)
}

// heapSlack is by how many bytes the heap may differ at the end: a leak of half a byte for
// each request of a long run is more.
const heapSlack = 4 << 20

// backTo checks that the server is where it was.
func (r *Result) backTo(start, end serve.State, when string) {
	r.atMost("goroutines "+when, int64(end.Goroutines), int64(start.Goroutines))
	r.atMost("descriptors "+when, int64(end.Descriptors), int64(start.Descriptors))
	r.atMost("KiB of heap "+when, int64(end.Heap>>10), int64(start.Heap+heapSlack)>>10)
	r.atMost("WebSockets on the list "+when, int64(end.Listeners), 0)
}

// told checks what an Observer was told, if there is one, when nobody is connected: whatever
// has begun has ended.
func (r *Result) told(st serve.State) {
	n := st.Counters
	if n == nil {
		return
	}
	closed := int64(0)
	for _, count := range n.Closed {
		closed += count
	}
	now := n.Now
	now.BytesIn, now.BytesOut = 0, 0
	r.check("what an Observer is told is there", now == stream.Gauges{} && n.Active == 0, "nothing", fmt.Sprintf("%+v, %d requests", now, n.Active))
	r.check("connections that an Observer is told of", n.Opened == closed, fmt.Sprint("as many closed as the ", n.Opened, " opened"), closed)
	r.check("panics that an Observer is told of", n.Panics == st.Panics, st.Panics, n.Panics)
}

// answered checks that what handlers have seen is what clients have got answers to.
func (r *Result) answered(seen, got []int64) {
	missing := int64(0)
	for i := range seen {
		if seen[i] != got[i] {
			missing++
			r.Wrong = append(r.Wrong, fmt.Sprintf("client %d: a handler has seen request %d, the latest answer is that to %d", i, seen[i], got[i]))
		}
	}
	r.atMost("clients with a request that was accepted and not answered", missing, 0)
}

package report

import (
	"slices"
	"time"
)

// Again is added to a target's name for a second process of its kind, by which one
// sees how far two equal servers seem to differ.
const Again = " again"

// A Table has a value for a workload and a target. What was not measured is absent.
type Table[V any] map[string]map[string]V

// Set puts a value into the table.
func (t Table[V]) Set(workload, target string, v V) {
	if t[workload] == nil {
		t[workload] = map[string]V{}
	}
	t[workload][target] = v
}

// Results are the figures of one run.
type Results struct {
	Taken     time.Time
	Took      time.Duration
	Machine   Machine
	Modules   []Module
	Workloads []Title // in the order of the report
	Targets   []string

	// The same for connections that stay, whose figures are per message that a
	// client gets.
	LiveWorkloads []Title
	LiveTargets   []string

	Rounds int
	Conns  int // that work at the same time

	CPU          Table[[]float64] // microseconds per request, one value for each round
	Rate         Table[float64]   // messages per second, of connections that stay
	Busy         Table[float64]   // the part of its turns in which a server ran
	Loopback     Table[Allocs]    // over loopback, garbage collection and all
	Memory       Table[Allocs]    // over connections in memory
	Syscalls     Table[float64]   // per request
	Instructions Table[float64]   // in user space, per request, in memory
	Idle         map[string]Idle
	LiveIdle     map[string]LiveIdle
	ChainAllocs  []float64 // of ten hooks that pass; empty if not measured
	FrameWrites  []float64 // system calls that write, per list of frames; likewise

	// Notes are remarks on how it was measured, and on what could not be.
	Notes []string
}

// New returns empty results.
func New() *Results {
	return &Results{
		CPU: Table[[]float64]{}, Busy: Table[float64]{}, Loopback: Table[Allocs]{}, Memory: Table[Allocs]{},
		Syscalls: Table[float64]{}, Instructions: Table[float64]{}, Idle: map[string]Idle{},
		Rate: Table[float64]{}, LiveIdle: map[string]LiveIdle{},
	}
}

// A Title is a workload's short name and what it is called in the report.
type Title struct{ Name, Text string }

// Allocs is what a server allocates for one request.
type Allocs struct{ Objects, Bytes float64 }

// Idle is the resident memory per idle connection, in bytes, after as many requests
// as the field says.
type Idle struct {
	Connections         int
	AfterOne, AfterFive float64 // after collecting garbage
	Untouched           float64 // after five, when the server was left alone
}

// LiveIdle is the resident memory per idle connection that stays, in bytes, after one
// message and collecting garbage.
type LiveIdle struct {
	Connections int
	Bytes       float64
}

// Ratio returns the median, over the rounds, of what reference costs divided by what
// candidate costs, and the least and the greatest.
func (r *Results) Ratio(workload, reference, candidate string) (median, least, most float64, ok bool) {
	a, b := r.CPU[workload][reference], r.CPU[workload][candidate]
	n := min(len(a), len(b))
	if n == 0 {
		return 0, 0, 0, false
	}
	ratios := make([]float64, n)
	for i := range ratios {
		ratios[i] = a[i] / b[i]
	}
	return Median(ratios), slices.Min(ratios), slices.Max(ratios), true
}

// Median returns the middle of v, which must not be empty.
func Median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

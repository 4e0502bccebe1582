package serve

import (
	"os"
	"runtime"
	"runtime/pprof"
	"strings"

	"github.com/onramp-go/onramp/adapter"
)

// A State is what a server process knows of itself, after garbage was collected.
type State struct {
	Goroutines  int
	Descriptors int
	Heap        uint64 // bytes of objects that live
	Listeners   int    // WebSockets that get notices

	Last   []int64 // the latest request of each healthy client
	Faulty int64   // requests of faulty clients
	Panics int64   // on purpose

	Counters *adapter.Snapshot // what an Observer was told; nil: there is none

	Wrongs int      // how often something was wrong
	Wrong  []string // the first of it
}

func (s *service) state() State {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what a sync.Pool holds survives one collection
	runtime.ReadMemStats(&m)
	st := State{
		Goroutines: runtime.NumGoroutine(), Descriptors: descriptors(), Heap: m.HeapAlloc, Listeners: s.listeners.len(),
		Last: s.ledger.entries(), Faulty: s.ledger.faulty.Load(), Panics: s.journal.panics.Load(),
	}
	if s.counters != nil {
		snapshot := s.counters.Snapshot()
		st.Counters = &snapshot
	}
	for _, w := range []*wrongs{&s.ledger.faults, &s.journal.wrong} {
		count, first := w.list()
		st.Wrongs += count
		st.Wrong = append(st.Wrong, first...)
	}
	return st
}

// descriptors counts what is open, but for the directory that is read to do so.
func descriptors() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	return len(entries) - 1
}

// stacks returns the stacks of all goroutines, equal ones together.
func stacks() string {
	var b strings.Builder
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		return err.Error()
	}
	return b.String()
}

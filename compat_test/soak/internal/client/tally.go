package client

import (
	"fmt"
	"maps"
	"sync"
	"time"
)

// keptWrongs is how many texts of what was wrong are kept.
const keptWrongs = 20

// A Tally counts what clients do, and what is wrong with what they get. Its methods may be
// called from any goroutine.
type Tally struct {
	mu     sync.Mutex // guards what follows
	counts map[string]int64
	wrongs int
	first  []string
	ending time.Time
	ends   []time.Duration
}

// Add counts n of what.
func (t *Tally) Add(what string, n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[string]int64{}
	}
	t.counts[what] += n
}

// Wrong notes that something is wrong, and when that was seen.
func (t *Tally) Wrong(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wrongs++
	if len(t.first) < keptWrongs {
		t.first = append(t.first, time.Now().Format(time.TimeOnly+" ")+fmt.Sprintf(format, args...))
	}
}

// Counts returns what was counted.
func (t *Tally) Counts() map[string]int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.counts)
}

// Wrongs returns how often something was wrong, and the first of it.
func (t *Tally) Wrongs() (int, []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.wrongs, append([]string(nil), t.first...)
}

// Ends returns when event streams and WebSockets were ended by a shutdown, counted from
// [Fleet.Ending].
func (t *Tally) Ends() []time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]time.Duration(nil), t.ends...)
}

func (t *Tally) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ending = time.Now()
}

func (t *Tally) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ends = append(t.ends, time.Since(t.ending))
}

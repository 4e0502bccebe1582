package adapter

import (
	"sync/atomic"
	"time"
)

// latencyBounds are the upper bounds of what a latency tells apart.
var latencyBounds = [...]time.Duration{
	100 * time.Microsecond, 200 * time.Microsecond, 500 * time.Microsecond,
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second,
}

// A latency counts times. The last count is of those beyond all bounds.
type latency struct {
	counts [len(latencyBounds) + 1]atomic.Int64
	sum    atomic.Int64
}

func (l *latency) add(d time.Duration) {
	i := 0
	for i < len(latencyBounds) && d > latencyBounds[i] {
		i++
	}
	l.counts[i].Add(1)
	l.sum.Add(int64(d))
}

// A Latency sums times up. Times are in nanoseconds in JSON.
type Latency struct {
	Count int64         `json:"count"`
	Mean  time.Duration `json:"mean"`
	// Median and P99 are upper bounds, of 1, 2 or 5 times a power of ten: at least half of
	// the times, or 99 of 100, were no longer. Negative: longer than 10 seconds.
	Median time.Duration `json:"median"`
	P99    time.Duration `json:"p99"`
}

func (l *latency) read() Latency {
	var counts [len(latencyBounds) + 1]int64
	var r Latency
	for i := range counts {
		counts[i] = l.counts[i].Load()
		r.Count += counts[i]
	}
	if r.Count == 0 {
		return r
	}
	r.Mean = time.Duration(l.sum.Load() / r.Count)
	within := func(share int64) time.Duration { // in hundredths
		seen := int64(0)
		for i, n := range counts[:len(latencyBounds)] {
			if seen += n; 100*seen >= share*r.Count {
				return latencyBounds[i]
			}
		}
		return -1
	}
	r.Median, r.P99 = within(50), within(99)
	return r
}

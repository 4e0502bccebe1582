package adapter

import (
	"maps"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/onramp-go/onramp/stream"
)

// Counters is an Observer that counts, for a page or a test. The zero value is ready; a
// Counters must not be copied. It can be the Observer of several Adapters, whose numbers it
// adds up. A request costs it a few atomic additions.
type Counters struct {
	stream.NopObserver

	active, requests, aborted atomic.Int64
	classes                   [6]atomic.Int64 // of status codes; the first one: no status
	opened, streams           atomic.Int64
	panics, dropped, refusals atomic.Int64
	firstByte, duration       latency

	mu       sync.Mutex // guards what follows, which is rare
	samples  []func() stream.Gauges
	closed   map[string]int64
	refused  map[string]int64
	answered int64 // requests of the connections that are closed
	in, out  int64 // bytes of these
	most     [2]int64
}

// A Snapshot is what [Counters] has counted, ready for JSON.
type Snapshot struct {
	Now    stream.Gauges `json:"now"`
	Active int64         `json:"active"` // requests that are being served

	Requests int64            `json:"requests"` // that have ended
	Statuses map[string]int64 `json:"statuses"` // of these, by class: "2xx"; "none" after a Hijack or an abort
	Aborted  int64            `json:"aborted"`  // of these, cut short
	Refused  map[string]int64 `json:"refused"`  // by status; connections without a request by what failed
	Panics   int64            `json:"panics"`

	Opened          int64            `json:"opened"`            // connections
	Closed          map[string]int64 `json:"closed"`            // by [stream.CloseReason]
	RequestsPerConn float64          `json:"requests_per_conn"` // of those closed, the mean
	BytesIn         int64            `json:"bytes_in"`          // of all connections
	BytesOut        int64            `json:"bytes_out"`

	Streams      int64 `json:"streams"`       // that have begun
	Dropped      int64 `json:"dropped"`       // events that a policy has dropped
	RefusedSends int64 `json:"refused_sends"` // sends that found a queue full

	FirstByte Latency `json:"first_byte"` // of all responses
	Duration  Latency `json:"duration"`   // of those that are no streams
}

// Attached implements [stream.Observer], as do the others.
func (n *Counters) Attached(sample func() stream.Gauges) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.samples = append(n.samples, sample)
}

func (n *Counters) ConnOpened(stream.ConnInfo) { n.opened.Add(1) }

func (n *Counters) ConnClosed(_ stream.ConnInfo, end stream.ConnEnd) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = increased(n.closed, string(end.Reason))
	n.answered += end.Requests
	n.in += end.BytesIn
	n.out += end.BytesOut
}

func (n *Counters) RequestBegan(stream.RequestInfo) { n.active.Add(1) }

func (n *Counters) RequestEnded(_ stream.RequestInfo, end stream.RequestEnd) {
	n.active.Add(-1)
	n.requests.Add(1)
	class := end.Status / 100
	if class < 0 || class >= len(n.classes) {
		class = 0
	}
	n.classes[class].Add(1)
	if end.Aborted {
		n.aborted.Add(1)
	}
	if end.FirstByte > 0 {
		n.firstByte.add(end.FirstByte)
	}
	if end.Kind == "" {
		n.duration.add(end.Duration)
	}
}

func (n *Counters) StreamBegan(stream.RequestInfo, stream.Kind) { n.streams.Add(1) }

func (n *Counters) Refused(_ stream.RequestInfo, err *stream.RequestError) {
	n.mu.Lock()
	defer n.mu.Unlock()
	what := err.Op // there is no status without a request
	if err.Status != 0 {
		what = strconv.Itoa(err.Status)
	}
	n.refused = increased(n.refused, what)
}

func (n *Counters) Panicked(stream.RequestInfo, *stream.PanicError) { n.panics.Add(1) }

func (n *Counters) Dropped(d stream.Drop) {
	if d.Refused {
		n.refusals.Add(d.Count)
	} else {
		n.dropped.Add(d.Count)
	}
}

// Snapshot returns what was counted. It looks at each connection, and is consistent only
// where nothing happens meanwhile. Any goroutine may call it.
func (n *Counters) Snapshot() Snapshot {
	s := Snapshot{
		Active: n.active.Load(), Requests: n.requests.Load(), Aborted: n.aborted.Load(), Panics: n.panics.Load(),
		Opened: n.opened.Load(), Streams: n.streams.Load(), Dropped: n.dropped.Load(), RefusedSends: n.refusals.Load(),
		FirstByte: n.firstByte.read(), Duration: n.duration.read(), Statuses: make(map[string]int64),
	}
	for class := range n.classes {
		if count := n.classes[class].Load(); count > 0 {
			name := "none"
			if class > 0 {
				name = strconv.Itoa(class) + "xx"
			}
			s.Statuses[name] = count
		}
	}
	n.mu.Lock()
	samples := n.samples
	n.mu.Unlock()
	for _, sample := range samples {
		s.Now.Add(sample())
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	s.Refused, s.Closed = increased(maps.Clone(n.refused), ""), increased(maps.Clone(n.closed), "")
	ended := int64(0)
	for _, count := range s.Closed {
		ended += count
	}
	if ended > 0 {
		s.RequestsPerConn = float64(n.answered) / float64(ended)
	}
	// One that is closed right now may be in both sums, or in none.
	n.most[0], n.most[1] = max(n.most[0], n.in+s.Now.BytesIn), max(n.most[1], n.out+s.Now.BytesOut)
	s.BytesIn, s.BytesOut = n.most[0], n.most[1]
	return s
}

// increased returns m, made if it is nil, with one more of what; "" is nothing.
func increased(m map[string]int64, what string) map[string]int64 {
	if m == nil {
		m = make(map[string]int64)
	}
	if what != "" {
		m[what]++
	}
	return m
}

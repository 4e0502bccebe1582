package adapter_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A ledger is an Observer that keeps what it is told, and notes what does not add up.
type ledger struct {
	mu       sync.Mutex // guards what follows
	samples  []func() stream.Gauges
	open     map[uint64]stream.ConnInfo
	conns    []stream.ConnEnd
	running  int
	requests []stream.RequestEnd
	asked    []string // method and path of requests that have ended
	streams  map[stream.Kind]int
	over     []stream.StreamEnd
	refused  []stream.RequestError
	panics   []stream.PanicError
	drops    []stream.Drop
	wrong    []string
	changed  chan struct{}
}

func newLedger() *ledger {
	return &ledger{open: make(map[uint64]stream.ConnInfo), streams: make(map[stream.Kind]int), changed: make(chan struct{})}
}

// note changes l.
func (l *ledger) note(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *ledger) wrongIf(wrong bool, format string, args ...any) {
	if wrong {
		l.wrong = append(l.wrong, fmt.Sprintf(format, args...))
	}
}

func (l *ledger) Attached(sample func() stream.Gauges) {
	l.note(func() { l.samples = append(l.samples, sample) })
}

func (l *ledger) ConnOpened(c stream.ConnInfo) {
	l.note(func() {
		_, twice := l.open[c.ID]
		l.wrongIf(twice || c.ID == 0, "connection %d opened twice", c.ID)
		l.open[c.ID] = c
	})
}

func (l *ledger) ConnClosed(c stream.ConnInfo, end stream.ConnEnd) {
	l.note(func() {
		was, known := l.open[c.ID]
		l.wrongIf(!known || was != c, "connection %d closed, which is not open", c.ID)
		l.wrongIf(end.Reason == "" || end.Life < 0, "no reason, or no life: %+v", end)
		delete(l.open, c.ID)
		l.conns = append(l.conns, end)
	})
}

func (l *ledger) RequestBegan(r stream.RequestInfo) {
	l.note(func() {
		_, known := l.open[r.Conn]
		l.wrongIf(r.Conn != 0 && !known, "a request on connection %d, which is not open", r.Conn)
		l.running++
	})
}

func (l *ledger) RequestEnded(r stream.RequestInfo, end stream.RequestEnd) {
	l.note(func() {
		l.running--
		l.wrongIf(end.FirstByte > end.Duration, "the first byte came behind the last: %+v", end)
		l.requests = append(l.requests, end)
		l.asked = append(l.asked, r.Request.Method+" "+r.Request.URL.Path)
	})
}

func (l *ledger) StreamBegan(_ stream.RequestInfo, kind stream.Kind) {
	l.note(func() { l.streams[kind]++ })
}

func (l *ledger) StreamEnded(end stream.StreamEnd) {
	l.note(func() {
		l.streams[end.Kind]--
		l.over = append(l.over, end)
	})
}

func (l *ledger) Refused(_ stream.RequestInfo, err *stream.RequestError) {
	l.note(func() { l.refused = append(l.refused, *err) })
}

func (l *ledger) Panicked(_ stream.RequestInfo, err *stream.PanicError) {
	l.note(func() { l.panics = append(l.panics, *err) })
}

func (l *ledger) Dropped(d stream.Drop) { l.note(func() { l.drops = append(l.drops, d) }) }

var _ stream.Observer = (*ledger)(nil)

// until waits for l to be as done wants it, which is called with l locked.
func (l *ledger) until(t *testing.T, what string, done func() bool) {
	t.Helper()
	late := time.After(patience)
	for {
		l.mu.Lock()
		is, changed := done(), l.changed
		l.mu.Unlock()
		if is {
			return
		}
		select {
		case <-changed:
		case <-late:
			l.mu.Lock()
			defer l.mu.Unlock()
			require.FailNow(t, "timed out waiting for "+what, "%+v", l)
		}
	}
}

// settled waits until nothing goes on any more, and fails if something did not add up.
func (l *ledger) settled(t *testing.T) {
	t.Helper()
	l.until(t, "everything to end", func() bool {
		return len(l.open) == 0 && l.running == 0 && l.streams[stream.KindEvents] == 0 && l.streams[stream.KindWebSocket] == 0
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	assert.Empty(t, l.wrong)
	for _, sample := range l.samples {
		assert.Zero(t, sample(), "what goes on, says the adapter")
	}
}

// gauges returns what goes on, says the adapter.
func (l *ledger) gauges() (g stream.Gauges) {
	l.mu.Lock()
	samples := slices.Clone(l.samples)
	l.mu.Unlock()
	for _, sample := range samples {
		g.Add(sample())
	}
	return g
}

// observed returns opts with a ledger that has to be settled when the test ends.
func observed(t *testing.T, opts *adapter.Options) *adapter.Options {
	if opts == nil {
		opts = &adapter.Options{}
	}
	if opts.Observer == nil {
		l := newLedger()
		opts.Observer = l
		t.Cleanup(func() { l.settled(t) })
	}
	return opts
}

package stream

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A sighting is what is noted of a request for an [Observer]; those of a connection's
// keep-alive loop use the same one, one after the other.
type sighting struct {
	observer Observer
	server   *http.Server // for its log; may be nil
	clock    http1.Clock

	began   bool // RequestBegan was told, and RequestEnded was not; of the goroutine that serves
	refused int  // status of a refusal; of the same

	panicked atomic.Bool
	status   atomic.Int32 // of a response through a writer that is not ours
	hijacked atomic.Bool  // from that writer
	wrote    atomic.Int64 // bytes of its body
	sent     atomic.Int64 // bytes sent on the Stream
	dropped  atomic.Int64
	kind     atomic.Pointer[Kind]  // of what the request has become
	ending   atomic.Pointer[error] // why that has ended
}

// start makes s that of the next request.
func (s *sighting) start() {
	s.began, s.refused = true, 0
	s.panicked.Store(false)
	s.status.Store(0)
	s.hijacked.Store(false)
	s.wrote.Store(0)
	s.sent.Store(0)
	s.dropped.Store(0)
	s.kind.Store(nil)
	s.ending.Store(nil)
	s.clock.Start()
}

// guard is deferred around calls of the Observer.
func (s *sighting) guard() {
	if v := recover(); v != nil {
		logTo(s.server, "onramp: panic in an observer: %v\n%s", v, stack())
	}
}

// answers notes that a writer which is not ours gets the head of the response.
func (s *sighting) answers(status int) {
	s.status.CompareAndSwap(0, int32(status))
	s.clock.Mark()
}

// NewConnID returns an ID for a connection that an owner has but does not serve.
func NewConnID() uint64 { return lastConn.Add(1) }

// A witness is what is noted of a connection.
type witness struct {
	sighting
	meter http1.Meter
	since time.Time
	told  sync.Once // ConnOpened
	cause atomic.Pointer[cause]
	over  atomic.Bool // ConnClosed is told, or was
}

// newWitness returns nil if nobody wants to know.
func newWitness(o Observer, server *http.Server) *witness {
	if o == nil {
		return nil
	}
	return &witness{sighting: sighting{observer: o, server: server}, since: time.Now()}
}

// inbound returns what counts for w, which may be nil.
func (w *witness) inbound() *http1.Meter {
	if w == nil {
		return nil
	}
	return &w.meter
}

// next returns what is noted of the next request, nil if w is. Of the goroutine that serves.
func (w *witness) next() *sighting {
	if w == nil {
		return nil
	}
	w.meter.Clock = &w.clock
	return &w.sighting
}

// follow has the clock of s, which has begun before the connection, stopped by the first
// response.
func (w *witness) follow(s *sighting) {
	if w != nil && s != nil {
		w.meter.Clock = &s.clock
	}
}

func (c *Conn) info() ConnInfo {
	return ConnInfo{ID: c.id, RemoteAddr: c.remote, Accepted: c.accepted}
}

// opened tells that c is under the owner, once, and not before that. No lock is held.
func (c *Conn) opened() {
	if w := c.seen; w != nil {
		w.told.Do(func() {
			defer w.guard()
			w.observer.ConnOpened(c.info())
		})
	}
}

// parted tells that c is not under the owner any more. No lock is held.
func (c *Conn) parted() {
	w := c.seen
	if w == nil {
		return
	}
	c.opened()
	c.because(ClosedBroken, nil) // somebody has told why
	why := w.cause.Load()
	w.over.Store(true)
	defer w.guard()
	w.observer.ConnClosed(c.info(), ConnEnd{
		Reason: why.reason, Err: why.err, Requests: c.Served(),
		BytesIn: w.meter.In.Load(), BytesOut: c.wire.Out.Sent(), Life: time.Since(w.since),
	})
}

// Gauge adds c to g. Any goroutine may call it.
func (c *Conn) Gauge(g *Gauges) {
	if c.seen != nil && c.seen.over.Load() {
		return // whoever has been told does not count it twice
	}
	g.Conns++
	if state := c.state.Load(); state == connIdle || state == connResting {
		g.Idle++
	}
	if !c.accepted {
		g.Taken++
	}
	if c.upgraded.Load() != nil {
		g.Upgraded++
	}
	g.Queued += int64(c.wire.Out.Pending())
	if w := c.seen; w != nil {
		g.BytesIn += w.meter.In.Load()
		g.BytesOut += c.wire.Out.Sent()
	}
}

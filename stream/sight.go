package stream

import (
	"net/http"
	"time"
)

// begins notes that the exchange has a request, if anybody wants to know.
func (x *Exchange) begins() {
	if x.seen != nil {
		x.seen.start()
		x.tellBegan()
	}
}

func (x *Exchange) tellBegan() {
	if s := x.seen; s != nil {
		defer s.guard()
		s.observer.RequestBegan(x.info())
	}
}

// tellEnded tells that the request was answered, once. It is called on the goroutine that
// serves, without locks.
func (x *Exchange) tellEnded(aborted bool) {
	s := x.seen
	if s == nil || !s.began {
		return
	}
	s.began = false
	end := RequestEnd{Aborted: aborted}
	end.Status, end.BytesOut = x.outcome()
	end.FirstByte, end.Duration = s.clock.Read()
	if x.req().Method == http.MethodHead {
		end.BytesOut = 0
	}
	switch {
	case end.Status == 0 && s.refused != 0:
		end.Status = s.refused
	case end.Status == 0 && !aborted && x.connection() == nil && !s.hijacked.Load():
		end.Status = http.StatusOK // which net/http sends by itself
	}
	switch {
	case end.FirstByte >= 0:
	case end.Status != 0: // the head was fixed by the end
		end.FirstByte = end.Duration
	default:
		end.FirstByte = 0
	}
	if b := x.body; b != nil && b.mu.TryLock() { // else somebody still reads
		end.BytesIn = b.read
		b.mu.Unlock()
	}
	if kind := s.kind.Load(); kind != nil {
		end.Kind = *kind
	}
	defer s.guard()
	s.observer.RequestEnded(x.info(), end)
}

func (x *Exchange) info() RequestInfo {
	info := RequestInfo{Request: x.req()}
	if c := x.connection(); c != nil {
		info.Conn = c.id
	}
	return info
}

// outcome returns the status of the response, 0 if none is known, and the size of its
// body.
func (x *Exchange) outcome() (status int, body int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.raw && x.out != nil {
		head := 0
		x.out.Locked(func() {
			if x.follower.Begun() {
				status, head = x.follower.Head.Status, len(x.follower.Head.Bytes)
			}
		})
		if status == http.StatusSwitchingProtocols {
			return status, 0
		}
		if status != 0 {
			return status, max(x.seen.sent.Load()-int64(head), 0)
		}
	}
	if x.conn != nil {
		if status, body = x.rw.Outcome(); status != 0 {
			return status, body
		}
	}
	return int(x.seen.status.Load()), x.seen.wrote.Load()
}

// noticed begins to note what becomes of an exchange that net/http has begun, or of one that is
// inside another, if anybody wants to know.
func (x *Exchange) noticed(inside bool) {
	o := x.owner.Settings().Observer
	if o == nil {
		return
	}
	x.seen = &sighting{observer: o, server: serverOf(x.received)}
	if inside {
		return // the request is the outer one's, which may be over
	}
	l := &layerWriter{ResponseWriter: x.w, x: x, seen: x.seen}
	x.w = l.capable()
	x.begins()
}

// unlock gives mu up, and tells that the connection was taken over if that is news.
func (x *Exchange) unlock() {
	c := x.conn
	x.mu.Unlock()
	if c != nil {
		c.opened()
	}
}

// hasSent notes what was sent on the Stream.
func (x *Exchange) hasSent(frames [][]byte, err error) {
	if err != nil {
		return
	}
	for _, p := range frames {
		x.seen.sent.Add(int64(len(p)))
	}
}

// refuses tells of a refusal.
func (x *Exchange) refuses(err *RequestError) {
	if s := x.seen; s != nil {
		s.refused = err.Status
		defer s.guard()
		s.observer.Refused(x.info(), err)
	}
}

// Saw tells the owner's [Observer] of a panic. It is for packages that serve hooks. Any
// goroutine may call it that holds no lock, while the exchange is not over.
func (x *Exchange) Saw(err *PanicError) {
	s := x.seen
	if s == nil {
		return
	}
	s.panicked.Store(true)
	defer s.guard()
	s.observer.Panicked(x.info(), err)
}

// Observed reports whether there is an [Observer].
func (x *Exchange) Observed() bool { return x.seen != nil }

// Drops tells the owner's [Observer] that count events were not sent, or sends were refused,
// because the client does not keep up. It is for packages that serve hooks. Any goroutine may
// call it that holds no lock.
func (x *Exchange) Drops(count int64, refused bool) {
	if x.seen != nil {
		x.seen.drops(x.connection(), count, refused)
	}
}

// drops is Drops; c may be nil.
func (s *sighting) drops(c *Conn, count int64, refused bool) {
	if s == nil || count <= 0 {
		return
	}
	s.dropped.Add(count)
	d := Drop{Count: count, Refused: refused}
	if c != nil {
		d.Conn = c.id
	}
	if kind := s.kind.Load(); kind != nil {
		d.Kind = *kind
	}
	defer s.guard()
	s.observer.Dropped(d)
}

// Offer is [Stream.TrySendList] for a sender that keeps what is refused: no [Observer] hears
// of that.
func (x *Exchange) Offer(frames [][]byte) error { return x.send(false, frames...) }

// Ending notes why what [Exchange.Lasts] has announced comes to its end, before it is
// done; the first reason is right. Any goroutine may call it.
func (x *Exchange) Ending(err error) { x.seen.ends(err) }

func (s *sighting) ends(err error) {
	if s != nil && err != nil {
		s.ending.CompareAndSwap(nil, &err)
	}
}

// lasts tells that the exchange has become a stream. It returns done with what tells of
// the end around it.
func (x *Exchange) lasts(kind Kind, done func()) func() {
	s := x.seen
	if s == nil {
		return done
	}
	s.kind.Store(&kind)
	conn, since := uint64(0), time.Now()
	func() {
		defer s.guard()
		info := x.info()
		conn = info.Conn
		s.observer.StreamBegan(info, kind)
	}()
	return func() { // keeps nothing of the exchange, which may be over long before
		defer done() // behind what an Observer is told, which a Shutdown waits for
		end := StreamEnd{Conn: conn, Kind: kind, Life: time.Since(since), Dropped: s.dropped.Load()}
		if err := s.ending.Load(); err != nil {
			end.Err = *err
		}
		defer s.guard()
		s.observer.StreamEnded(end)
	}
}

package sse

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/onramp-go/onramp/stream"
)

var opened = stream.NewKey[*Session]("sse session")

// Open makes the response to c's request an event stream. It sends nothing itself: the
// head goes out with the first event, comment or heartbeat, or by [Session.Start], so
// that until then the hook can still refuse with a status of its own, by returning
// without having sent anything. Fields that are staged by then are sent, but for those
// that an event stream needs; Cache-Control is no-store unless another is staged.
//
// opts is copied; nil selects every default. The hook should call [Session.Close]
// before it returns; otherwise that is done when it has returned.
//
// Open works on every carrier. Where middleware has put a writer around the hook, such
// as chi's Compress, events go through it and are flushed through it; elsewhere they
// go to the connection itself. A HEAD request gets the head and no event.
//
// The error is stream.ErrBegun where the response has begun or is a Session already, or
// stream.ErrClosed. Open panics if opts has a Policy that does not exist, or a
// MissedEvent with a line break.
func Open(s *stream.Stream, c *stream.Context, opts *Options) (*Session, error) {
	return open(s, c, resolved(opts, "sse.Open"))
}

func open(s *stream.Stream, c *stream.Context, o *Options) (*Session, error) {
	e, r := c.Exchange(), c.Request()
	if s.Closed() {
		return nil, stream.ErrClosed
	}
	if _, again := opened.Get(c); again || e.Answered() {
		return nil, stream.ErrBegun
	}
	if e.Wrapped() {
		e.StayInside()
	}
	e.Endure()
	x := &Session{
		stream: s, context: c, exchange: e, opts: o,
		lastID: strings.Clone(r.Header.Get("Last-Event-ID")), chunked: r.ProtoAtLeast(1, 1), headOnly: r.Method == http.MethodHead,
	}
	opened.Set(c, x)
	x.head = x.buildHead()
	x.ctx, x.cancel = context.WithCancelCause(s.Context())
	if e.Derived(r.Context()) {
		x.join(r.Context())
	}
	if o.Heartbeat > 0 {
		x.last = time.Now()
		x.mu.Lock() // until the timer is known
		x.beat = time.AfterFunc(o.Heartbeat, x.pulse)
		x.mu.Unlock()
	}
	x.gone = e.Lasts(x.lasting())
	e.OnLeave(x.leave)
	return x, nil
}

// buildHead returns the head of the response and what the client is told first.
func (x *Session) buildHead() []byte {
	resp := *x.context.Response()
	resp.Status, resp.Header, resp.Body = http.StatusOK, resp.Header.Clone(), nil
	h := resp.Header
	h.Set("Content-Type", "text/event-stream")
	h.Del("Content-Length")
	if x.chunked {
		h.Set("Transfer-Encoding", "chunked")
	} else {
		h.Del("Transfer-Encoding")
		h.Set("Connection", "close")
	}
	if len(h["Cache-Control"]) == 0 {
		h.Set("Cache-Control", "no-store")
	}
	if len(h["X-Accel-Buffering"]) == 0 {
		h.Set("X-Accel-Buffering", "no") // nginx holds events back otherwise
	}
	head := resp.Build()
	if x.opts.Retry > 0 && !x.headOnly {
		m := newMessage()
		defer m.free()
		_ = m.add(Event{Retry: x.opts.Retry}) // cannot have a line break
		head = append(head, m.wire(x.chunked)...)
	}
	return slices.Clip(head)
}

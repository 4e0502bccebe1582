package stream

import (
	"net/http"
	"time"
)

// A Lasting goes on for longer than a request takes and ends by a protocol of its own: an
// event stream or a WebSocket. It is for [Exchange.Lasts].
type Lasting struct {
	// Kind is what reports call it.
	Kind Kind
	// End has it come to its end soon, in good order. It does not wait for the client.
	// reason is nil where the owner shuts down, [ErrExpired] at the end of Lifetime, the
	// error of Revalidate, or what the owner was told. It may be called from any
	// goroutine, more than once, before Lasts has returned, and when all is over.
	End func(reason error)
	// Lifetime is the longest life; up to a tenth less, at random, so that what began
	// together does not end together. 0 or negative: no bound.
	Lifetime time.Duration
	// Revalidate is asked at each Interval whether it may go on, on a goroutine of its
	// own and never twice at a time. An error, or a panic, ends it. nil: it may.
	Revalidate func() error
	Interval   time.Duration
}

// Lasts tells the owner that something has begun that lasts. done is to be called, once,
// when it is over: a shutdown waits for that, and has the exchange cut where it does not
// wait any longer.
func (x *Exchange) Lasts(l Lasting) (done func()) {
	done = x.lasts(l.Kind, x.owner.Lasts(x, l.Kind, l.End))
	if l.Lifetime > 0 || l.Revalidate != nil {
		done = x.tenure(l, done)
	}
	return done
}

// Endure lifts the server's time-outs for one request off an exchange that may go on
// for longer, before anything was sent, and gives back what it does not need meanwhile. Each write on its Stream has its time-out all
// the same. To be called by the goroutine that serves the request.
func (x *Exchange) Endure() {
	x.mu.Lock()
	w, r := x.w, x.received
	read := x.wire == nil || x.wire.AtEOF()
	c, whole := x.conn, x.wire == nil
	x.mu.Unlock()
	if c != nil && whole {
		c.wire.Spare()
	}
	control := http.NewResponseController(w)
	if read && (x.body == nil || x.body.done()) {
		_ = control.SetReadDeadline(time.Time{}) // what cannot be set does not end anything
	}
	if r.ProtoMajor > 1 { // there a deadline ends the exchange by itself, written or not
		x.endures = control.SetWriteDeadline(time.Time{}) == nil
	}
}

// rearm puts the time-out for the response back, for an answer past the Stream.
func (x *Exchange) rearm(w http.ResponseWriter) {
	if server := serverOf(x.received); x.endures && server != nil {
		_ = http.NewResponseController(w).SetWriteDeadline(after(time.Now(), server.WriteTimeout))
	}
}

// Cut ends the exchange at once: what was accepted and not sent is lost, and the
// client finds the response broken off. Sends fail with an error that wraps reason and
// matches ErrClosed. It does nothing before the Stream was opened. Any goroutine may
// call it.
func (x *Exchange) Cut(reason error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.over && x.out != nil {
		x.cut(reason)
	}
}

// Sever is [Exchange.Cut] where nothing was sent yet, too: then nothing ever is. Over HTTP/2
// that resets the stream; a connection of net/http's own takes nothing any more, and is
// closed when its handler has returned.
func (x *Exchange) Sever(reason error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.over {
		x.cut(reason)
	}
}

// cut ends the exchange. mu is held.
func (x *Exchange) cut(reason error) {
	if x.conn != nil {
		x.conn.Abort(reason)
	}
	if x.out != nil {
		x.out.Kill(reason)
		return
	}
	x.closed = true
	if x.conn == nil {
		_ = http.NewResponseController(x.w).SetWriteDeadline(time.Unix(1, 0)) // not every writer has deadlines
		x.endContexts()
	}
}

// Ease gives back the memory that sending has taken, while nothing is queued.
func (x *Exchange) Ease() {
	if out, _ := x.outbound(); out != nil {
		out.Rest()
	}
}

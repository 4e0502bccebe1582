package stream

import (
	"net/http"
	"time"
)

// A Kind names what may go on for longer than a request takes, for reports of what a
// shutdown had to cut.
type Kind string

// The kinds there are.
const (
	KindEvents    Kind = "event stream"
	KindWebSocket Kind = "WebSocket"
)

// Lasts tells the owner that something has begun which ends by a protocol of its own,
// an event stream or a WebSocket. When the owner shuts down it calls end, once and on a
// goroutine of its own; end has it come to its end soon, in good order. done is to be
// called, once, when it is over: a shutdown waits for that.
func (x *Exchange) Lasts(kind Kind, end func()) (done func()) {
	return x.lasts(kind, x.owner.Lasts(serverOf(x.received), kind, end))
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
	if x.over || x.out == nil {
		return
	}
	if x.conn != nil {
		x.conn.Abort(reason)
	}
	x.out.Kill(reason)
}

// Ease gives back the memory that sending has taken, while nothing is queued.
func (x *Exchange) Ease() {
	if out, _ := x.outbound(); out != nil {
		out.Rest()
	}
}

package stream

import (
	"context"
	"net/http"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// Arrivals is told of requests that have come in part, so that an owner can bound how many
// of these a client has. Its methods may be called from any goroutine.
type Arrivals interface {
	// Begin is told that a request from the address remote has begun to arrive, and that
	// the rest of its head, or of its body, has not. Who is arriving is comparable. An
	// error refuses the request, with 429. What has begun already goes on.
	Begin(who any, remote string) error
	// End is told that all of it has come, or that nobody waits for it any more; maybe
	// more than once, or without a Begin.
	End(who any)
}

func crowded(op string, cause error) *RequestError {
	return &RequestError{Op: op, Status: http.StatusTooManyRequests, Err: cause}
}

// arriving is called before a head is read, when there is something to read. The error is
// an *http1.Error where the head may not go on arriving.
func (c *Conn) arriving(a Arrivals) error {
	_, _ = c.wire.Reader().Peek(1) // whoever reads on meets the error
	if c.wire.Buffered() == 0 || c.wire.HeadBuffered() {
		return nil
	}
	if err := a.Begin(c, c.remote); err != nil {
		return &http1.Error{Op: "read header", Status: http.StatusTooManyRequests, Err: err}
	}
	return nil
}

// admit is asked when the head of a request is there, but maybe not its body.
func (x *Exchange) admit() *RequestError {
	wire := x.wire
	if wire == nil || wire.AtEOF() {
		return nil
	}
	a := x.owner.Settings().Arrivals
	if a == nil {
		return nil
	}
	if left := wire.Remaining(); left >= 0 && left <= int64(x.conn.wire.Buffered()) {
		return nil
	}
	if err := a.Begin(x.conn, x.conn.remote); err != nil {
		return crowded("read body", err)
	}
	c, after := x.conn, wire.AfterRead
	wire.AfterRead = func(n int64, err error) {
		after(n, err)
		if wire.AtEOF() {
			a.End(c)
		}
	}
	return nil
}

// TurnAway tells owner's [Observer] of a connection of server that was closed before
// anything was read from it. It is for an owner that accepts.
func TurnAway(owner Owner, server *http.Server, remote string, cause error) {
	o := owner.Settings().Observer
	if o == nil {
		return
	}
	s := &sighting{observer: o, server: server}
	defer s.guard()
	r := unparsed(context.Background())
	r.RemoteAddr = remote
	o.Refused(RequestInfo{Request: r}, crowded("accept", cause))
}

// Admit asks the owner whether the body of a request that net/http has read the head of
// may arrive. What it returns is to be given to [Exchange.Refuse]; end is to be called
// when the exchange is over.
func (x *Exchange) Admit() (end func(), refusal *RequestError) {
	a := x.owner.Settings().Arrivals
	if a == nil || x.body == nil || x.body.length == 0 {
		return func() {}, nil
	}
	if err := a.Begin(x, x.received.RemoteAddr); err != nil {
		return func() {}, crowded("read body", err)
	}
	return func() { a.End(x) }, nil
}

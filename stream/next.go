package stream

import (
	"io"
	"net/http"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// NextRequest ends the exchange, sending what is staged if nothing was sent, waits
// for the next request on the connection, and moves the Context on to it: Request is
// the new one, Response fresh, attributes are gone. It is for a hook that serves a
// connection by itself:
//
//	for {
//		s.Send(c.Response().Build())
//		if _, err := s.NextRequest(); err != nil {
//			return hooks.Reject
//		}
//	}
//
// The connection is taken over if it was not. The error is [ErrNotRaw] where that is
// impossible, which includes a hook that sends before it has read the body, unless
// Adapter.Wrap is outermost; [ErrClosed] when the connection is not kept alive any
// more; io.EOF when the client has left; os.ErrDeadlineExceeded after the idle
// time-out; or a *[RequestError] for a bad request, which the request-error hooks have
// answered by then. After an error other than ErrNotRaw the Stream is closed. Only the
// goroutine that runs the hook may call it.
//
// A client, a browser above all, sends any request on a connection that is free: a
// loop that serves but some of them passes the others on, with adapter.Hook around the
// server's handler.
func (s *Stream) NextRequest() (*http.Request, error) {
	x := s.x
	closed, over := x.state()
	if over {
		return nil, ErrClosed
	}
	if !closed {
		if err := x.ready(); err != nil {
			return nil, err
		}
	}
	x.Answer()
	if x.connection() == nil {
		return nil, ErrClosed
	}
	x.leaveFrom(0, false)
	keep, linger := x.complete()
	x.tellEnded(false)
	c := x.conn
	x.last().end()
	c.stopWatch()
	if !keep {
		x.lingering = x.lingering || linger
		return nil, ErrClosed
	}
	n := &followed{tail: requestContext{base: c.base, x: x}}
	n.tail.exchange()
	err := c.wire.Outgrow() // the hook is not called from where the loop waits
	if err == nil {
		err = c.await(false)
	}
	for err == ErrResting { // the stack below is the hook's
		c.Rest()
		err = c.await(false)
	}
	var body *http1.Body
	var traits http1.Traits
	if err == nil {
		body, traits, err = c.receive(&n.tail, &n.in, c.wire.HeadBuffered())
	}
	if err != nil {
		c.failed(err)
		x.spent = true
		if bad := requestError(err); bad != nil {
			x.move(n, unparsed(&n.tail), traits, nil, true)
			return nil, x.refuseLast(bad)
		}
		return nil, err
	}
	if bad := x.move(n, &n.in.Request, traits, body, false); bad != nil {
		return nil, x.refuseLast(bad)
	}
	return x.r, nil
}

// refuseLast answers a bad request within a NextRequest loop, now: the hook may take
// its time to return.
func (x *Exchange) refuseLast(bad *RequestError) *RequestError {
	x.Refuse(bad, x.refusers(), nil)
	_, x.lingering = x.complete()
	x.spent = true
	_ = x.conn.wire.Out.Flush() // if it fails the client is gone
	return bad
}

// ready makes sure that there is a raw connection to read from. A body that stands
// in the way of taking it over is read to its end first.
func (x *Exchange) ready() error {
	if x.body != nil && x.connection() == nil {
		_, _ = io.CopyN(io.Discard, x.body, drainLimit)
	}
	x.mu.Lock()
	defer x.unlock()
	switch {
	case x.raw:
		return nil
	case x.out != nil:
		return x.hidden
	case x.conn != nil && x.rw.Begun():
		return nil
	}
	err := x.takeOver()
	if err == nil {
		x.rw.Reclaim() // what is staged still goes that way
	}
	return err
}

func (x *Exchange) state() (closed, over bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.closed, x.over
}

// refusers returns the hooks for a request that has no route.
func (x *Exchange) refusers() []Runner {
	c := x.conn
	own := func(s *Stream, ctx *Context) bool { return !c.owner.RequestError(s, ctx) }
	return append(append([]Runner{}, c.errorHooks...), own)
}

// A followed is a further request of a NextRequest loop, with what answers it.
type followed struct {
	tail requestContext
	rw   http1.ResponseWriter
	in   http1.Incoming
}

// move makes r, which came into n, the request of the exchange.
func (x *Exchange) move(n *followed, r *http.Request, traits http1.Traits, wire *http1.Body, bad bool) *RequestError {
	c := x.conn
	x.mu.Lock()
	x.tail.Store(&n.tail)
	x.wire, x.body = wire, nil
	x.rw = &n.rw
	x.w = x.rw
	x.attach(r, traits)
	x.r, x.received = r, r
	x.Context().reset()
	x.layers = nil // they belong to the request that came through them
	x.raw, x.out = false, nil
	x.forHooks().made = nil
	x.closed, x.answered, x.begun = false, false, false
	x.looped, x.moved = true, true
	if x.seen != nil {
		x.seen.start()
	}
	c.at.Store(&n.tail)
	x.over = false // the Stream is open again from here on
	x.mu.Unlock()
	if x.asked() {
		c.watchFor(x)
	}
	x.tellBegan()
	if bad {
		x.rw.CloseAfter()
		return nil
	}
	return x.check(c.request, traits)
}

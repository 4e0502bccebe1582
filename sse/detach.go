package sse

import (
	"context"

	"github.com/onramp-go/onramp/stream"
)

// Detach lets the session go on when its hook has returned, on no goroutine, and returns
// nil: it is the last that a hook does, or the function of a [Hook], which returns the
// result. The session then ends when the client leaves, when the server shuts down, or by
// [Session.Close]. An idle session that is detached needs a third of the memory.
//
// Nothing around the hook holds any more: neither what middleware has deferred, nor its
// Timeout, nor the values of the request's context. Request and Response are nil.
//
// ended, unless it is nil, is called once, when the session has ended and on a goroutine
// of its own, with an error that matches stream.ErrClosed. There a panic is logged to the
// server's ErrorLog and goes no further: the task-panic hooks have ended with their request.
//
// Where nothing can go on behind the hook, as on HTTP/2, within a writer of middleware's, or
// in a NextRequest loop, Detach returns when the session has ended, behind ended, and with
// its error. To be called on the goroutine of the hook, once.
func (x *Session) Detach(ended func(err error)) error {
	err := x.Start() // the client is to know that it is connected
	x.mu.Lock()
	for err == nil && x.draining && !x.direct { // the head is on its way
		x.waitMove(x.done(), nil)
		err = x.refusal()
	}
	x.ended = ended
	if err == nil && x.direct {
		base, goes := x.exchange.Outlast(x.adopt, x.left)
		if goes {
			x.detached = true
			if conn := x.exchange.Conn(); ended != nil {
				x.ended = func(err error) {
					defer conn.Contain()
					ended(err)
				}
			}
			x.disjoin()
			x.ctx, x.cancel = context.WithCancelCause(base) // now: the other one ends before adopt is called
			x.mu.Unlock()
			return nil
		}
	}
	x.mu.Unlock()
	if err == nil {
		ctx := x.Context()
		<-ctx.Done()
		err = gone(ctx)
	}
	x.tell(err)
	return err
}

// tell calls what Detach was given, once.
func (x *Session) tell(err error) {
	x.mu.Lock()
	ended := x.ended
	x.ended = nil
	x.mu.Unlock()
	if ended != nil {
		ended(err)
	}
}

// adopt is called when the handlers have returned, with nil if a panic has ended them.
func (x *Session) adopt(f *stream.Feed) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if f == nil {
		x.detached = false
		x.fail(stream.ErrClosed)
		go func() {
			_ = x.close(false)
			x.tell(x.err) // which does not change any more
		}()
		return
	}
	x.feed = f
	x.stream, x.context, x.exchange = nil, nil, nil
	if x.released {
		go x.part()
	}
}

// left is called when the client has.
func (x *Session) left() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.err == nil {
		x.fail(stream.ErrClosed)
	}
}

// part gives the connection back, once, and tells that the session has ended.
func (x *Session) part() {
	x.mu.Lock()
	f := x.feed
	x.feed = nil
	x.mu.Unlock()
	if f != nil { // else the handlers have not returned yet
		f.End()
		x.tell(x.err) // which does not change any more
	}
}

// A joint is the context of a session in whose request middleware has put one that may
// end before the exchange does.
type joint struct {
	ctx  context.Context
	stop func() bool
}

// join has the session's context end with ctx, too. Sends go on until the hook returns, as
// they do in a handler: there may be something to be said about the end.
func (x *Session) join(ctx context.Context) {
	joined, cancel := context.WithCancelCause(x.ctx)
	x.joint = &joint{joined, context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })}
}

// disjoin lets go of the request's context. mu is held.
func (x *Session) disjoin() {
	if x.joint != nil {
		x.joint.stop()
		x.joint = nil
	}
}

package sse

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/onramp-go/onramp/stream"
)

// Flush returns when the kernel has everything that was accepted, or with the reason
// why it never will.
func (x *Session) Flush() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.settle()
	if x.dead == nil {
		flush := x.out.Flush
		if !x.direct {
			flush = x.stream.Flush
		}
		if err := flush(); err != nil {
			x.fail(err)
		}
	}
	return x.dead
}

// Close ends the session in good order: what was accepted is sent, then the response
// ends, so that an HTTP/1.1 connection can go on with the next request. It waits until
// that is done, which takes no longer than the stream's write time-outs. If nothing was sent, nothing is: the hook
// answers with what it stages. The error says why the client did not get everything.
// Further calls change nothing.
func (x *Session) Close() error { return x.close(true) }

// close is Close; whole says that the response is to be ended and not broken off.
func (x *Session) close(whole bool) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.finish(nil, whole && (x.head == nil || x.draining))
	x.settle()
	x.release()
	return x.dead
}

// shutDown ends the session in good order for reason, nil: because the server shuts down.
func (x *Session) shutDown(reason error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if reason != nil && x.err == nil {
		x.refuse(fmt.Errorf("%w: %w", ErrEnded, reason))
	}
	var farewell *message
	if x.opts.ReturnWithin > 0 {
		farewell = newMessage()
		defer farewell.free()
		_ = farewell.add(Event{Retry: 1 + rand.N(x.opts.ReturnWithin)}) // cannot have a line break
	}
	x.finish(farewell, true)
}

// leave is called when the hook has returned, or panicked.
func (x *Session) leave(abandoned bool) {
	x.mu.Lock()
	stays := x.detached && !abandoned
	if abandoned {
		x.fail(stream.ErrClosed)
	}
	x.mu.Unlock()
	if !stays {
		_ = x.close(true) // there is nobody left to tell
	}
}

// finish refuses everything further and sends farewell, which may be nil, and the end of
// the response, if it is whole. mu is held.
func (x *Session) finish(farewell *message, whole bool) {
	if x.finished || x.dead != nil {
		return
	}
	x.finished = true
	if x.err == nil {
		x.refuse(ErrEnded)
	}
	if whole {
		if farewell != nil {
			x.queue.push(farewell, false)
		}
		x.ending = true
		x.drainQueue()
	}
}

// refuse makes err the answer to all that is still to come.
func (x *Session) refuse(err error) {
	x.err = err
	x.cancel(err)
	if x.beat != nil {
		x.beat.Stop()
	}
	x.move()
	if x.detached {
		go func() { _ = x.close(true) }() // nobody else waits for it
	}
}

// fail notes that nothing more can be sent.
func (x *Session) fail(err error) {
	if !errors.Is(err, stream.ErrClosed) {
		err = fmt.Errorf("%w: %w", stream.ErrClosed, err)
	}
	if x.dead == nil {
		x.dead = err
	}
	x.queue.clear()
	if x.err == nil {
		x.refuse(err)
	}
	x.move()
}

// cut ends the session at once, in the middle of whatever is on its way.
func (x *Session) cut(err error) {
	x.fail(err)
	if below := x.below(); below != nil {
		below.Cut(err)
	}
}

// settle waits until nothing is queued, and nobody is told of what has happened within the
// exchange. mu is given up meanwhile.
func (x *Session) settle() {
	for x.draining || x.telling {
		x.waitMove(nil, nil)
	}
}

// release gives back what the session holds, once. mu is held, and given up meanwhile.
func (x *Session) release() {
	if x.released {
		return
	}
	x.released = true
	x.cancel(ErrEnded)
	x.disjoin()
	reason := x.dead
	if reason == nil {
		reason = x.err
	}
	below := x.below()
	x.mu.Unlock()
	defer x.mu.Lock()
	if below != nil {
		below.Ending(reason)
	}
	x.gone()
	x.part()
}

package sse

import (
	"context"
	"errors"
	"net/http"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// Hook returns a hook that opens a Session for each request and runs serve with it.
// The session ends when serve returns:
//
//   - With nil the stream ends in good order, begun or not, unless serve has called
//     [Session.Detach].
//   - With an error before anything was sent the client is refused: the hook Rejects, and
//     the client gets what serve has staged in [Session.Response], which is a plain 500
//     where that is no error. A session that was closed, as by a timer, is no such case.
//   - With an error that says that the session is over, one that matches stream.ErrClosed
//     or context.Canceled, the stream ends as with nil.
//   - With any other error, what was accepted is sent and the response is broken
//     off, so that a client that cares can tell it from one that is whole. The error
//     itself goes nowhere: log it in serve.
//
// opts is copied; nil selects every default. Hook panics if serve is nil or opts are
// what [Open] panics for.
func Hook(serve func(*Session) error, opts *Options) hooks.ServerHook {
	if serve == nil {
		panic("sse.Hook: serve is nil")
	}
	o := resolved(opts, "sse.Hook")
	return hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		x, err := open(s, c, o)
		if err != nil {
			return hooks.Reject // the response has begun, or nobody is there to get one
		}
		return x.conclude(serve(x))
	})
}

// conclude ends the session with what its function has returned.
func (x *Session) conclude(err error) hooks.Status {
	switch {
	case err == nil && x.goesOn():
		return hooks.Continue
	case x.wasClosed() && saysOver(err):
		return x.answerNothing()
	case err == nil:
		if x.Start() == nil || x.begun() {
			_ = x.Close() // the client learns by itself
		}
		return hooks.Continue
	case !x.begun():
		if resp := x.Response(); resp.Status < 300 {
			resp.SetBody(http.StatusInternalServerError, "text/plain; charset=utf-8", http.StatusText(http.StatusInternalServerError)+"\n")
		}
		return hooks.Reject
	case saysOver(err):
		_ = x.Close()
		return hooks.Continue
	default:
		_ = x.close(false)
		return hooks.Reject
	}
}

// saysOver reports whether the result of a function says that the session is over.
func saysOver(err error) bool {
	return err == nil || errors.Is(err, stream.ErrClosed) || errors.Is(err, context.Canceled)
}

// wasClosed reports whether the session has ended in good order ahead of the first event, and
// its function has staged nothing else.
func (x *Session) wasClosed() bool {
	if resp := x.Response(); resp.Status >= 300 || len(resp.Body) > 0 {
		return false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.finished && x.dead == nil && x.head != nil && !x.draining
}

// answerNothing stages an event stream without an event: an EventSource that gets an error, or
// another type, never comes back.
func (x *Session) answerNothing() hooks.Status {
	resp := x.Response()
	resp.SetBody(http.StatusOK, "text/event-stream", "")
	resp.Header.Set("Content-Length", "0")
	if len(resp.Header["Cache-Control"]) == 0 {
		resp.Header.Set("Cache-Control", "no-store")
	}
	return hooks.Continue
}

// goesOn reports whether the session is detached.
func (x *Session) goesOn() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.detached
}

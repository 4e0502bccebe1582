package sse

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/onramp-go/onramp/stream"
)

// A Session is one client's event stream. It is made by [Open] or [Hook], and ends when
// the client leaves, the server shuts down, Close is called or its hook returns, unless
// that has called [Session.Detach].
//
// All methods but Request, Response and Detach may be called from any goroutine. Events
// arrive in the order in which Send accepted them.
type Session struct {
	mu       sync.Mutex // guards all but what never changes, and the order of sends
	err      error      // why nothing more is accepted
	ctx      context.Context
	opts     *Options // resolved, shared and never changed
	out      stream.Sender
	direct   bool        // out is there: the head was sent on a connection of its own
	draining bool        // a goroutine empties the queue
	chunked  bool        // never changes
	headOnly bool        // the request is a HEAD; never changes
	detached bool        // by Detach
	finished bool        // nothing may be queued any more
	ending   bool        // the last chunk follows the queue
	telling  bool        // an Observer is told of a panic
	released bool        // nothing is left to be done
	beat     *time.Timer // of the heartbeat, nil: none
	last     time.Time   // of the last write
	head     []byte      // to be sent with the first event, nil afterwards
	queue    queue

	dead   error         // why nothing more can be sent
	moved  chan struct{} // closed at the next change, nil while nobody waits for one
	cancel context.CancelCauseFunc
	gone   func()       // tells the owner that the session is over
	lastID string       // never changes
	ended  func(error)  // given to Detach
	feed   *stream.Feed // once it is detached and its handlers have returned

	stream   *stream.Stream // nil from then on, as is what follows
	context  *stream.Context
	exchange *stream.Exchange
	joint    *joint    // nil: the request's context is the exchange's own
	one      [1][]byte // what is being sent
}

// Context returns a context that ends with the session: within moments of the client's
// leaving, when the server shuts down, by Close, with the hook, or with the request's
// context as the hook has found it, which middleware may have given a deadline: what the
// hook has to say about that it can still send. Its cause
// matches stream.ErrClosed unless the client has left or the hook has returned. A session
// has another one from Detach on.
func (x *Session) Context() context.Context {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.joint != nil {
		return x.joint.ctx
	}
	return x.ctx
}

// LastEventID returns the ID of the last event that the client has got on an earlier
// connection, "" if it says none. It is the client's word: see [Hub.Follow].
func (x *Session) LastEventID() string { return x.lastID }

// Request returns the request, for the hook's goroutine.
func (x *Session) Request() *http.Request {
	if c := x.hooks(); c != nil {
		return c.Request()
	}
	return nil
}

// Response returns the response that is staged for the case that the session is refused
// before anything was sent, for the hook's goroutine.
func (x *Session) Response() *stream.Response {
	if c := x.hooks(); c != nil {
		return c.Response()
	}
	return nil
}

// hooks returns the Context of the hook, nil when it is gone.
func (x *Session) hooks() *stream.Context {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.context
}

// Dropped returns how many events the session's Policy has dropped.
func (x *Session) Dropped() int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.queue.dropped
}

// Queued returns how many bytes of accepted events the kernel does not have yet.
func (x *Session) Queued() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.queue.size + x.queued()
}

// queued returns how many bytes the stream has and the kernel does not.
func (x *Session) queued() int {
	if x.direct {
		return x.out.Queued()
	}
	return x.stream.Queued()
}

// begun reports whether the response has begun, or what begins it is queued.
func (x *Session) begun() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.head == nil || x.draining
}

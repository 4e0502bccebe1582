package sse

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/onramp-go/onramp/stream"
)

// A Session is one client's event stream. It is made by [Open] or [Hook], and ends when
// the client leaves, the server shuts down, Close is called or its hook returns.
//
// All methods but Request and Response may be called from any goroutine. Events arrive
// in the order in which Send accepted them.
type Session struct {
	stream   *stream.Stream
	context  *stream.Context // of the hook's goroutine
	exchange *stream.Exchange
	opts     *Options // resolved, shared and never changed
	lastID   string
	chunked  bool
	headOnly bool // the request is a HEAD

	ctx    context.Context
	cancel context.CancelCauseFunc
	gone   func() // tells the owner that the session is over
	once   sync.Once

	mu       sync.Mutex // guards what follows, and the order of sends
	head     []byte     // to be sent with the first event, nil afterwards
	one      [1][]byte  // what is being sent
	queue    queue
	draining bool          // a goroutine empties the queue
	finished bool          // nothing may be queued any more
	ending   bool          // the last chunk follows the queue
	err      error         // why nothing more is accepted
	dead     error         // why nothing more can be sent
	moved    chan struct{} // closed at the next change, nil while nobody waits for one
	beat     *time.Timer   // of the heartbeat, nil: none
	last     time.Time     // of the last write
}

// Context returns a context that ends with the session: within moments of the client's
// leaving, when the server shuts down, by Close, or with the hook. Its cause
// matches stream.ErrClosed unless the client has left or the hook has returned.
func (x *Session) Context() context.Context { return x.ctx }

// LastEventID returns the ID of the last event that the client has got on an earlier
// connection, "" if it says none. It is the client's word: see [Hub.Follow].
func (x *Session) LastEventID() string { return x.lastID }

// Request returns the request, for the hook's goroutine.
func (x *Session) Request() *http.Request { return x.context.Request() }

// Response returns the response that is staged for the case that the session is refused
// before anything was sent, for the hook's goroutine.
func (x *Session) Response() *stream.Response { return x.context.Response() }

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
	return x.queue.size + x.stream.Queued()
}

// begun reports whether the response has begun, or what begins it is queued.
func (x *Session) begun() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.head == nil || x.draining
}

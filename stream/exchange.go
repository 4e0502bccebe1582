package stream

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A Runner runs hooks and reports whether they let the exchange go on.
type Runner func(*Stream, *Context) bool

// An Exchange is one request and its answer, on whatever carrier, from the first
// layer of hooks that sees it to the last. Layers share it through the request's
// context: see [Enter]. It belongs to the goroutine that serves the request.
type Exchange struct {
	hooked atomic.Pointer[hooked] // made when the first hook asks
	first  *requestContext        // of the request the exchange began with
	owner  Owner
	base   context.Context // of the connection's later requests, if known

	w http.ResponseWriter // of the innermost layer
	r *http.Request       // as the innermost layer sees it

	received *http.Request // as the exchange began
	outer    *Exchange     // this one runs behind a writer that hides the outer one's

	seen *sighting                      // nil: there is no Observer
	body *body                          // nil: none
	tail atomic.Pointer[requestContext] // of the request that a NextRequest loop is at

	conn *Conn                 // nil until taken over
	rw   *http1.ResponseWriter // of conn
	wire *http1.Body           // unread on conn

	layers     []*layerWriter
	errorHooks []Runner // outermost first
	leaver     *leaver  // what has to be ended, the last one first
	feed       *Feed    // what goes on of the response when the handlers have returned
	depth      int32    // layers that run inside of the first
	panicDepth int32    // layers that catch panics

	stripped  bool // middleware has taken the body away, but not from the wire
	root      bool // nothing ran between net/http and the first layer
	shown     bool // the application knows the network connection
	looped    bool // the keep-alive loop serves it
	moved     bool // a NextRequest loop has left the first request behind
	answered  bool // a handler has answered, or the connection was given away
	breach    bool // the request exceeded a limit
	lingering bool // the client may still be sending
	spent     bool // NextRequest has found the end of the connection
	endures   bool // Endure has lifted the time-out for the response

	// mu guards what follows, and the opening of out.
	raw    bool // out is conn's
	inside bool // StayInside: none is wanted
	begun  bool // response hooks ran for bytes sent
	closed bool // SetClosed(true)
	over   bool
	taking bool // this exchange itself calls Hijack

	mu       sync.Mutex
	out      *http1.Outbound
	sink     *writerSink     // of out where it is not raw
	hidden   error           // why there is no raw connection
	upgraded *Raw            // a 101 has given the connection to another protocol
	after    *aftermath      // what goes on when the handlers have returned
	follower *http1.Follower // of out, by whose lock it is guarded
}

// Enter returns the exchange that r belongs to, or begins one; back.First says which.
// w and r are what the layer was called with; root, that nothing of the application
// ran before, so that the body is as net/http made it. Every Enter is paired with a
// [Exchange.Leave].
func Enter(w http.ResponseWriter, r *http.Request, owner Owner, root bool) (x *Exchange, back Layer) {
	outer, inside := r.Context().Value(exchangeKey{}).(*Exchange) // nil within one that is over
	if outer != nil && outer.reachable(w) {
		return outer, outer.push(w, r)
	}
	x = newExchange(r.Context())
	x.owner, x.w, x.root = owner, w, root
	if outer != nil {
		x.owner, x.outer = outer.owner, outer
		x.errorHooks, x.panicDepth = slices.Clone(outer.errorHooks), outer.panicDepth
	} else if root {
		server := serverOf(r)
		x.shown = server != nil && server.ConnContext != nil
	}
	original := r
	r = r.WithContext(x.first)
	if r.Body == nil || r.Body == http.NoBody {
		x.stripped = !bodyless(r) || !root && r.Body == nil
	} else {
		x.body = &body{
			src: r.Body, original: original, copy: r,
			length: r.ContentLength, expects: expectsContinue(r), closing: r.Close,
		}
		r.Body = x.body
	}
	x.r, x.received = r, r
	x.noticed(inside)
	return x, Layer{First: true}
}

// Entered reports whether r belongs to an exchange already, so that a layer that has
// nothing to do there can be passed by.
func Entered(r *http.Request) bool {
	return r.Context().Value(enteredKey{}) != nil
}

// reachable reports whether w leads to the writer that x answers on. One that does
// not, such as http.TimeoutHandler's, may be in use when x is long over: what is
// behind it gets an exchange of its own.
func (x *Exchange) reachable(w http.ResponseWriter) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if rw, ok := w.(*http1.ResponseWriter); ok && rw == x.rw {
		return !x.over
	}
	return !x.over && (hijackable(w) || sameWriter(innermost(w), innermost(x.w)))
}

func (x *Exchange) push(w http.ResponseWriter, r *http.Request) Layer {
	x.mu.Lock()
	defer x.mu.Unlock()
	back := Layer{w: x.w, r: x.r, taken: x.conn != nil}
	x.w, x.r = w, r
	x.depth++
	return back
}

// A Layer is what an [Enter] has to put back.
type Layer struct {
	First bool // this layer began the exchange, and has to end it
	w     http.ResponseWriter
	r     *http.Request
	taken bool // w is the taken connection's
}

// Leave ends a layer. After the first layer the exchange is over: what was accepted
// is sent, and a connection that was taken over goes to its owner. It panics with
// http.ErrAbortHandler where that is the only way to make a broken response visible.
func (x *Exchange) Leave(back Layer) {
	x.leaveFrom(x.depth, false)
	if back.First {
		x.end()
		return
	}
	x.restore(back)
}

// Abandon is Leave for a layer that panics: the first one cuts the connection.
func (x *Exchange) Abandon(back Layer) {
	x.leaveFrom(x.depth, true)
	if back.First {
		x.abandon()
		return
	}
	x.restore(back)
}

func (x *Exchange) restore(back Layer) {
	x.closeInside(back.w)
	x.leaveWriter(back.w)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.depth--
	if !x.moved { // a NextRequest loop has left that request behind
		x.w, x.r = back.w, back.r
		if x.conn != nil && !back.taken {
			x.w = x.rw // net/http's is of no use any more
		}
	}
}

// newExchange returns an exchange that is not the loop's, with a context.
func newExchange(base context.Context) *Exchange {
	n := new(struct {
		Exchange
		ctx requestContext
	})
	n.first = &n.ctx
	n.ctx.base, n.ctx.x = base, &n.Exchange
	n.ctx.exchange()
	return &n.Exchange
}

// follow makes a follower of the response that is to be sent on the Stream.
func (x *Exchange) follow() {
	r := x.received
	x.follower = &http1.Follower{HTTP10: !r.ProtoAtLeast(1, 1)}
	x.follower.HeadOnly = r.Method == http.MethodHead
}

// Exchange returns the exchange that c belongs to, for packages that serve hooks.
func (c *Context) Exchange() *Exchange { return c.x }

// Conn returns the connection, nil where it was not taken over.
func (x *Exchange) Conn() *Conn { return x.connection() }

// Request returns the request for the next layer.
func (x *Exchange) Request() *http.Request { return x.req() }

// Writer returns the http.ResponseWriter for the next layer: the one this layer was
// called with or, where the connection was taken over since, that of the connection.
func (x *Exchange) Writer() http.ResponseWriter {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.w
}

// SetBase names the context that later requests on the connection derive from. shown
// says that a ConnContext of the application's own has made it, which knows the network
// connection, or that the listener may do so; otherwise nobody does.
func (x *Exchange) SetBase(ctx context.Context, shown bool) { x.base, x.shown = ctx, shown }

// OnRequestError adds hooks for request errors inside this layer; the function
// returned takes them away.
func (x *Exchange) OnRequestError(run Runner) (pop func()) {
	x.errorHooks = append(x.errorHooks, run)
	n := len(x.errorHooks)
	return func() { x.errorHooks = x.errorHooks[:n-1] }
}

// CatchesPanics counts a layer that has task-panic hooks; the function returned
// takes it away.
func (x *Exchange) CatchesPanics() (pop func()) {
	x.panicDepth++
	return func() { x.panicDepth-- }
}

// PanicsCaught reports whether a layer further out has task-panic hooks.
func (x *Exchange) PanicsCaught() bool { return x.panicDepth > 0 }

func (x *Exchange) req() *http.Request {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.r
}

func (x *Exchange) method() string { return x.req().Method }

func (x *Exchange) setRequest(r *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.r = r
}

// watched is called when somebody begins to wait for the client's leaving.
func (x *Exchange) watched() {
	if c := x.connection(); c != nil {
		c.watchFor(x)
	}
}

// last returns the context of the request it is at.
func (x *Exchange) last() *requestContext {
	if tail := x.tail.Load(); tail != nil {
		return tail
	}
	return x.first
}

func (x *Exchange) endContexts() {
	x.last().end()
	if h := x.hooked.Load(); h != nil {
		h.ctx.end()
	}
}

// unparsed is the request of an exchange whose request could not be parsed.
func unparsed(ctx context.Context) *http.Request {
	r := &http.Request{
		URL: &url.URL{}, Header: make(http.Header), Body: http.NoBody,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	return r.WithContext(ctx)
}

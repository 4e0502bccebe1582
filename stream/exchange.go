package stream

import (
	"context"
	"net/http"
	"net/url"
	"sync"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A Runner runs hooks and reports whether they let the exchange go on.
type Runner func(*Stream, *Context) bool

// An Exchange is one request and its answer, on whatever carrier, from the first
// layer of hooks that sees it to the last. Layers share it through the request's
// context: see [Enter]. It belongs to the goroutine that serves the request.
type Exchange struct {
	stream  Stream
	context Context
	ctx     requestContext
	owner   Owner
	root    bool            // nothing ran between net/http and the first layer
	base    context.Context // of the connection's later requests, if known

	w    http.ResponseWriter // of the innermost layer
	r    *http.Request       // as the innermost layer sees it
	body *body               // nil: none
	tail *requestContext     // of the request a NextRequest loop is at

	conn   *Conn                 // nil until taken over
	looped bool                  // the keep-alive loop serves it
	rw     *http1.ResponseWriter // of conn
	wire   *http1.Body           // unread on conn

	mu       sync.Mutex // guards what follows, and the opening of out
	out      *http1.Outbound
	raw      bool  // out is conn's
	hidden   error // why there is no raw connection
	begun    bool  // response hooks ran for bytes sent
	closed   bool  // SetClosed(true)
	over     bool
	taking   bool           // this exchange itself calls Hijack
	follower http1.Follower // guarded by out's lock once out is open

	layers     []*layerWriter
	errorHooks []Runner // outermost first
	panicDepth int      // layers that catch panics
	answered   bool     // a handler has answered, or the connection was given away
	breach     bool     // the request exceeded a limit
	lingering  bool     // the client may still be sending
	spent      bool     // NextRequest has found the end of the connection
}

// Enter returns the exchange that r belongs to, or begins one; first says which. w
// and r are what the layer was called with; root, that nothing of the application
// ran before, so that the body is as net/http made it. Every Enter is paired with a
// [Exchange.Leave].
func Enter(w http.ResponseWriter, r *http.Request, owner Owner, root bool) (x *Exchange, back Layer) {
	if x, ok := r.Context().Value(exchangeKey{}).(*Exchange); ok && !x.isOver() {
		back = Layer{w: x.w, r: x.r}
		x.w, x.r = w, r
		return x, back
	}
	x = &Exchange{owner: owner, w: w, root: root}
	x.init(r.Context())
	if root {
		x.base = r.Context()
	}
	r = r.WithContext(&x.ctx)
	if !bodyless(r) && r.Body != nil {
		x.body = &body{src: r.Body}
		r.Body = x.body
	}
	x.r = r
	x.follow(r)
	return x, Layer{First: true}
}

// A Layer is what an [Enter] has to put back.
type Layer struct {
	First bool // this layer began the exchange, and has to end it
	w     http.ResponseWriter
	r     *http.Request
}

// Leave ends a layer. After the first layer the exchange is over: what was accepted
// is sent, and a connection that was taken over goes to its owner. It panics with
// http.ErrAbortHandler where that is the only way to make a broken response visible.
func (x *Exchange) Leave(back Layer) {
	if back.First {
		x.end()
		return
	}
	x.restore(back)
}

// Abandon is Leave for a layer that panics: the first one cuts the connection.
func (x *Exchange) Abandon(back Layer) {
	if back.First {
		x.abandon()
		return
	}
	x.restore(back)
}

func (x *Exchange) restore(back Layer) {
	if x.tail == nil { // a NextRequest loop has left that request behind
		x.w, x.r = back.w, back.r
	}
}

func (x *Exchange) init(base context.Context) {
	x.stream.x, x.context.x, x.context.response.x = x, x, x
	x.ctx.base, x.ctx.x = base, x
}

func (x *Exchange) follow(r *http.Request) {
	x.follower = http1.Follower{HTTP10: !r.ProtoAtLeast(1, 1)}
	x.follower.HeadOnly = r.Method == http.MethodHead
}

// Stream returns the exchange's Stream.
func (x *Exchange) Stream() *Stream { return &x.stream }

// Context returns the exchange's Context.
func (x *Exchange) Context() *Context { return &x.context }

// Exchange returns the exchange that c belongs to, for packages that serve hooks.
func (c *Context) Exchange() *Exchange { return c.x }

// Conn returns the connection, nil where it was not taken over.
func (x *Exchange) Conn() *Conn { return x.conn }

// Looped reports whether the keep-alive loop serves the exchange.
func (x *Exchange) Looped() bool { return x.looped }

// Request returns the request for the next layer.
func (x *Exchange) Request() *http.Request { return x.r }

// Writer returns the http.ResponseWriter for the next layer: the one this layer was
// called with or, where the connection was taken over since, its own.
func (x *Exchange) Writer() http.ResponseWriter {
	if x.conn != nil && !x.looped {
		return x.rw
	}
	return x.w
}

// Root reports whether nothing of the application ran before the first layer.
func (x *Exchange) Root() bool { return x.root }

// Base returns the context of the connection if it is known, nil if not: see Root.
func (x *Exchange) Base() context.Context { return x.base }

// SetBase names the context that later requests on the connection derive from.
func (x *Exchange) SetBase(ctx context.Context) { x.base = ctx }

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

func (x *Exchange) req() *http.Request { return x.r }

func (x *Exchange) method() string { return x.r.Method }

func (x *Exchange) setRequest(r *http.Request) { x.r = r }

func (x *Exchange) header() http.Header { return x.Writer().Header() }

func (x *Exchange) isOver() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.over
}

// watched is called when somebody begins to wait for the client's leaving.
func (x *Exchange) watched() {
	if x.conn != nil {
		x.conn.watchFor()
	}
}

func (x *Exchange) endContexts() {
	if x.tail != nil {
		x.tail.end()
	}
	x.ctx.end()
}

// unparsed is the request of an exchange whose request could not be parsed.
func unparsed() *http.Request {
	return &http.Request{
		URL: &url.URL{}, Header: make(http.Header), Body: http.NoBody,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}

package adapter

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// An Adapter owns the connections that were taken over under it, until they are
// closed. Make it with [New].
type Adapter struct {
	opts     Options
	settings stream.Settings
	layer    Layer
	crowd    *crowd // nil: nothing is bounded by address

	counts   bool         // a Server's, which answers for HTTP/2, too
	carried  atomic.Int64 // exchanges over net/http's connections, if counts
	http2    atomic.Int64 // connections that net/http serves for a Server, where they are observed
	stopping atomic.Bool
	tied     atomic.Pointer[http.Server] // the last server that was found tied

	mu       sync.Mutex                       // guards what follows
	conns    map[*stream.Conn]struct{}        // taken over and not closed
	servers  map[*http.Server]*draining       // the servers they came from
	reserved int                              // connections about to be taken over
	lasting  map[*lasting]struct{}            // event streams and WebSockets
	hijacked map[*stream.Conn]struct{}        // given to handlers that have not returned; nil before the first
	tagged   map[string]map[*lasting]struct{} // by tag; nil before the first
	cut      error                            // the reason, once a Shutdown has cut what was left
	sweeper  sweeper
	changed  chan struct{} // closed when a connection is closed, while somebody waits
}

type draining struct{ on bool }

// New returns an Adapter. opts is copied; nil selects every default. New panics if
// opts.Request is out of range.
func New(opts *Options) *Adapter {
	a := &Adapter{conns: make(map[*stream.Conn]struct{}), servers: make(map[*http.Server]*draining), lasting: make(map[*lasting]struct{})}
	if opts != nil {
		a.opts = *opts
	}
	if err := a.opts.Request.Validate(); err != nil {
		panic("adapter.New: " + err.Error())
	}
	a.settings = a.opts.settings()
	if a.opts.PerAddress.bounds() {
		a.crowd = newCrowd(a.opts.PerAddress)
	}
	if a.opts.PerAddress.Unfinished > 0 {
		a.settings.Arrivals = a.crowd
	}
	a.layer = Layer{
		Limits: a.opts.Request, Request: a.opts.RequestHooks, Response: a.opts.ResponseHooks,
		RequestError: a.opts.RequestErrorHooks, TaskPanic: a.opts.TaskPanicHooks,
	}
	if a.opts.Observer != nil {
		a.opts.Observer.Attached(a.Gauges)
	}
	return a
}

// Wrap returns next with the adapter's hooks, limits and connection handling around
// it. It belongs outermost, as http.Server.Handler; there a request body can move
// with the connection even when it is only partly read. Without hooks and with nil
// options next answers exactly as it would bare. Wrap panics if next is nil.
func (a *Adapter) Wrap(next http.Handler) http.Handler {
	if next == nil {
		panic("adapter.Wrap: next is nil")
	}
	return &wrapped{
		owner: (*owner)(a), layer: a.layer, next: next, bare: a.layer.empty(), eager: a.opts.Takeover == Eager,
	}
}

// Register ties a to srv, before srv serves: srv.Shutdown begins a's (see
// [Adapter.Shutdown] to wait for its end), and later requests of a connection that
// was taken over get the context that srv.ConnContext made for it, even where a is
// not outermost. It sets srv.ConnContext and srv.BaseContext, and calls those that were
// there.
func (a *Adapter) Register(srv *http.Server) {
	srv.BaseContext = withListener(srv.BaseContext)
	srv.ConnContext = withRecord(srv.ConnContext)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tie(srv)
}

// owner is the Adapter as package stream sees it.
type owner Adapter

func (o *owner) Settings() *stream.Settings { return &o.settings }

func (o *owner) MayTakeOver() bool { return o.opts.Takeover != Never && o.KeepAlives() }

func (o *owner) Reserve() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stopping.Load() {
		return false
	}
	o.reserved++
	return true
}

func (o *owner) Unreserve() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.reserved--
	o.wake()
}

// wake tells a Shutdown to look again. mu is held.
func (o *owner) wake() {
	if o.changed != nil {
		close(o.changed)
		o.changed = nil
	}
}

func (o *owner) KeepAlives() bool {
	return !o.stopping.Load()
}

func (o *owner) Opened(c *stream.Conn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.conns[c] = struct{}{}
	if !o.sweeper.on {
		o.sweeper.start(o.sweep)
	}
	o.reserved--
	if d := (*Adapter)(o).tie(c.Server()); d.on || o.stopping.Load() {
		c.CloseAfter()
	}
	if o.cut != nil {
		c.Abort(o.cut)
	}
}

func (o *owner) Closed(c *stream.Conn) {
	if o.crowd != nil && !o.counts { // see Server.tell
		o.crowd.leave(parse(c.RemoteAddr())) // without locks: Key is the application's
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if delete(o.conns, c); len(o.conns) == 0 {
		o.sweeper.stop()
	}
	if c.Hijacked() {
		if o.hijacked == nil {
			o.hijacked = make(map[*stream.Conn]struct{})
		}
		o.hijacked[c] = struct{}{}
	}
	o.wake()
}

func (o *owner) Left(c *stream.Conn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.hijacked, c)
}

func (o *owner) RequestError(s *stream.Stream, c *stream.Context) bool {
	if len(o.opts.RequestErrorHooks) == 0 {
		return false
	}
	o.opts.RequestErrorHooks.Run(s, c)
	return true
}

// runner returns chain as package stream wants it, nil if it is empty.
func runner(chain hooks.Chain) stream.Runner {
	if len(chain) == 0 {
		return nil
	}
	return func(s *stream.Stream, c *stream.Context) bool { return chain.Run(s, c) == hooks.Continue }
}

type recordKey struct{}

// A record is what a server's ConnContext made for a connection. It is the value of
// recordKey in what derives from it.
type record struct {
	context.Context
	shown bool // the application may know the connection: see stream.Accept
}

// Value implements context.Context.
func (r *record) Value(key any) any {
	if key == (recordKey{}) {
		return r
	}
	return r.Context.Value(key)
}

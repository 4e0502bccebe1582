package stream

import (
	"crypto/tls"
	"log"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// Settings is what an [Owner] wants of its exchanges and connections.
type Settings struct {
	Request       RequestConfig
	QueueSize     int           // most bytes in a stream's outbound queue
	WriteTimeout  time.Duration // without progress, for each write that waits for the peer; 0: the server's or 30 s, negative: none
	HeaderTimeout time.Duration // where neither Request nor the server has one; 0: none
	BodyTimeout   time.Duration // waiting for each 16 KiB of a body, where nothing else bounds it; 0: none
	IdleTimeout   time.Duration // where the server has none; 0: none
	Discreet      bool          // the server's ConnState is the owner's own, for connections that it does not have
	Arrivals      Arrivals      // nil: requests may come in part, as many as there are
	Observer      Observer      // nil: nobody wants to know
}

// An Owner takes connections over and answers for them until they are closed. It is
// implemented by adapter; its methods may be called from any goroutine.
type Owner interface {
	// Settings never changes and is not copied.
	Settings() *Settings
	// MayTakeOver reports whether connections are taken over at all.
	MayTakeOver() bool
	// Reserve announces a connection that is about to be taken over; false
	// refuses it. It is followed by Opened, or by Unreserve if there was none.
	Reserve() bool
	Unreserve()
	// KeepAlives reports whether connections are kept alive; false once the
	// owner shuts down.
	KeepAlives() bool
	// Opened is told of each connection right after it was taken over.
	Opened(c *Conn)
	// Release gets the connection when the exchange that took it over has ended,
	// to serve it further or to close it.
	Release(c *Conn, keepAlive bool)
	// Lasts is [Exchange.Lasts]; end is the Lasting's.
	Lasts(x *Exchange, kind Kind, end func(reason error)) (done func())
	// Detached gets what goes on when the handlers of an exchange that net/http
	// began have returned: see [Exchange.Afterwards].
	Detached(x *Exchange)
	// Closed is told that c is closed, or was given to a handler by Hijack.
	Closed(c *Conn)
	// Left is told, behind Closed and maybe more than once, that the handler that c was
	// given to has returned.
	Left(c *Conn)
	// RequestError runs the owner's hooks for a request that has no route. It
	// reports whether the owner has any.
	RequestError(s *Stream, c *Context) bool
}

// watchDelay is how long a request runs before the watch for its client starts. Most
// are over by then and never pay for it.
const watchDelay = 20 * time.Millisecond

// watchAgain is when a watch that the system had no means for is tried again.
const watchAgain = time.Second

const flushDelay = time.Millisecond

var lastConn atomic.Uint64

const (
	connBusy int32 = iota
	connIdle
	connResting // idle, and being interrupted
	connClosed
)

// A Conn is an HTTP/1.x connection that was taken over. It is for whoever runs the
// keep-alive loop; hooks see it through a [Stream].
type Conn struct {
	wire   *http1.Conn
	owner  Owner
	server *http.Server // never nil
	base   *connContext
	id     uint64
	born   time.Time
	remote string
	tls    *tls.ConnectionState
	seen   *witness // nil: there is no Observer

	*bounds
	request    *RequestConfig // of the owner; nil: nothing in it bounds anything
	memo       http1.Memo     // of the goroutine that reads
	errorHooks []Runner       // of the middleware around the hook that took it over

	dispatch func(*Conn, *Exchange) bool
	attended attended
	x        *Exchange // being served, or the last one; of the goroutine that serves, as are the others
	spare    *Exchange // for the next request
	detached *Exchange
	fed      *Feed // that is to begin

	served   atomic.Int64
	patience patience
	rest     rest
	at       atomic.Pointer[requestContext] // of the request being served, or of the last one
	upgraded atomic.Pointer[Raw]            // of x, from the 101 on
	feed     atomic.Pointer[Feed]           // goes on, while there is no x
	state    atomic.Int32
	watches  atomic.Bool // a watch was asked for, for x or one before
	last     atomic.Bool // no request after this one
	away     atomic.Bool // given to a handler by Hijack
	flushing atomic.Bool // flusher runs
	closed   sync.Once
	accepted bool // by the owner itself
	greeted  bool // some time has passed between birth and the first wait
	parting  bool // no request follows, which the client did not ask for; of the goroutine that serves

	mu      sync.Mutex // guards what follows
	reading bool       // somebody reads the request body
	wanted  bool       // somebody waits for the client's leaving
	leaves  bool       // Hijack gives the connection away: there is no watch any more
	pace    *pace      // at which the body is read
	watcher *time.Timer
	flusher *time.Timer
}

// ID names the connection, unique in the process.
func (c *Conn) ID() uint64 { return c.id }

// RemoteAddr returns the client's address, as http.Request has it.
func (c *Conn) RemoteAddr() string { return c.remote }

// Served counts the requests whose serving has begun, the one that took the
// connection over included.
func (c *Conn) Served() int64 { return c.served.Load() }

// Age returns the time since the connection was taken over.
func (c *Conn) Age() time.Duration { return time.Since(c.born) }

// Server returns the server the connection was accepted by.
func (c *Conn) Server() *http.Server { return c.server }

// CloseAfter makes the request that is being served the connection's last.
func (c *Conn) CloseAfter() { c.last.Store(true) }

// KeepAlives implements the wire's view of the server.
func (c *Conn) KeepAlives() bool { return !c.last.Load() && c.owner.KeepAlives() }

// Logf logs to the server's ErrorLog.
func (c *Conn) Logf(format string, args ...any) { logTo(c.server, format, args...) }

func logTo(server *http.Server, format string, args ...any) {
	if server != nil && server.ErrorLog != nil {
		server.ErrorLog.Printf(format, args...)
		return
	}
	log.Printf(format, args...)
}

// CloseIdle closes the connection if no request is being served on it or has begun
// to arrive. Any goroutine may call it.
func (c *Conn) CloseIdle() bool {
	if !c.state.CompareAndSwap(connIdle, connClosed) {
		return false
	}
	c.because(ClosedShutdown, nil)
	c.wire.Close(ErrClosed)
	return true
}

// Abort closes the connection at once, whatever happens on it. Any goroutine may
// call it.
func (c *Conn) Abort(reason error) {
	if c.away.Load() {
		return
	}
	c.last.Store(true)
	c.aborted(reason)
	c.wire.Close(reason)
}

// Close closes the connection once what was accepted for it has been sent. linger
// says that the client may still be sending, and must be able to read the answer
// nevertheless.
func (c *Conn) Close(linger bool) {
	if c.away.Load() {
		c.owner.Left(c)
		return
	}
	if c.wire.Inside() {
		c.attended.ending = true
		c.attended.lingers = c.attended.lingers || linger
		return
	}
	c.stopWatch()
	c.at.Store(nil)
	if c.x != nil {
		c.x.closeBody()
		c.x = nil
	}
	err := c.wire.FlushLast()
	c.closing(err)
	if err == nil && (linger || c.parting) {
		c.wire.Linger()
	}
	c.wire.Release()
	c.gave()
}

// gave tells the owner, once, that the connection is nobody's or somebody else's.
func (c *Conn) gave() {
	first := false
	c.closed.Do(func() {
		first = true
		c.mu.Lock()
		if c.watcher != nil {
			c.watcher.Stop()
		}
		if c.flusher != nil {
			c.flusher.Stop()
		}
		c.mu.Unlock()
	})
	if first {
		defer c.owner.Closed(c) // behind what an Observer is told, which a Shutdown waits for
		c.parted()
	}
}

// gone is called when the client is found to have left.
func (c *Conn) gone(error) {
	if at := c.at.Load(); at != nil {
		at.end() // before: whoever goes the way to x from here on finds it ended
		if x := at.known(); x != nil {
			x.endContexts()
		}
	}
	if f := c.feed.Load(); f != nil {
		f.leave()
	}
}

// watchFor starts to look out for the client's leaving while x is served. Between two
// requests the reader is not the watch's.
func (c *Conn) watchFor(x *Exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watches.Store(true) // before x is found to go on: stopWatch does it the other way round
	if c.leaves || x.last().ended.Load() {
		return
	}
	c.wanted = true
	c.armWatch()
}

func (c *Conn) armWatch() {
	switch {
	case c.reading || c.away.Load():
	case c.watcher == nil:
		c.watcher = time.AfterFunc(watchDelay, c.startWatch)
	default:
		c.watcher.Reset(watchDelay)
	}
}

func (c *Conn) startWatch() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wanted && !c.reading && !c.away.Load() && c.state.Load() == connBusy {
		if !c.wire.Watch() {
			c.watcher.Reset(watchAgain)
		}
	}
}

// stopWatch gives the reader back. The exchange's contexts have ended, so that the watch
// is not started again for it.
func (c *Conn) stopWatch() {
	if c.watches.Load() {
		c.endWatch()
	}
}

func (c *Conn) endWatch() {
	c.mu.Lock()
	c.watches.Store(false)
	c.wanted = false
	if c.watcher != nil {
		c.watcher.Stop()
	}
	c.mu.Unlock()
	c.wire.Unwatch()
}

// beforeRead and afterRead enclose reads of a request body, at pace p unless it is nil.
func (c *Conn) beforeRead(p *pace) {
	c.mu.Lock()
	c.reading = true
	if c.pace = p; p != nil {
		p.begin(c)
	}
	c.mu.Unlock()
	if c.watches.Load() {
		c.wire.Unwatch()
	}
}

func (c *Conn) afterRead(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.pace; p != nil {
		p.end(c, n)
		c.pace = nil
	}
	c.reading = false
	if c.wanted {
		c.armWatch()
	}
}

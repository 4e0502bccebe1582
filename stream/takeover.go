package stream

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

var (
	errSwitchedOff = fmt.Errorf("%w: taking over is switched off", ErrNotRaw)
	errShutdown    = fmt.Errorf("%w: %w", ErrNotRaw, ErrShutdown)
)

// unwilling says why the owner takes nothing over.
func (x *Exchange) unwilling() error {
	if !x.owner.KeepAlives() {
		return errShutdown
	}
	return errSwitchedOff
}

// open returns where the exchange sends, and what follows the response there, taking the
// connection over if it can.
func (x *Exchange) open() (*http1.Outbound, *http1.Follower, error) {
	x.mu.Lock()
	defer x.unlock()
	switch {
	case x.over || x.closed:
		return nil, nil, ErrClosed
	case x.out != nil && x.answered:
		return nil, nil, ErrBegun
	case x.out != nil:
		return x.out, x.follower, nil
	case x.wroteElsewhere():
		return nil, nil, ErrBegun
	}
	if x.seen != nil {
		x.seen.clock.Mark()
	}
	err := errInside
	if !x.inside {
		err = x.takeOver()
	}
	if err == nil {
		x.follow()
		x.out, x.raw = x.conn.wire.Out, true
		x.rw.Surrender()
		x.out.SetDeadline(time.Time{}) // from here on each write has its time-out
		if x.wire == nil || x.wire.AtEOF() {
			_ = x.conn.wire.SetReadDeadline(time.Time{}, false) // the time to read the request is no bound on a stream
		}
		return x.out, x.follower, nil
	}
	if !errors.Is(err, ErrNotRaw) {
		return nil, nil, err
	}
	x.hidden = err
	set := x.owner.Settings()
	x.Context().adopt(x.w) // before the sink changes its header
	x.follow()
	x.sink = newWriterSink(x)
	x.out = http1.NewOutbound(x.sink, set.QueueSize, set.writeTimeout(serverOf(x.r)), func(error) { x.endContexts() })
	return x.out, x.follower, nil
}

// wroteElsewhere reports whether the response has begun past the Stream, as far as
// that can be seen.
func (x *Exchange) wroteElsewhere() bool {
	if x.answered || x.conn != nil && x.rw.Begun() {
		return true
	}
	for _, l := range x.layers {
		if l.begun() {
			return true
		}
	}
	return false
}

// TakeOver takes the connection over now, before any hook needs it. The error says
// why it could not: the exchange goes on without. mu must not be held.
func (x *Exchange) TakeOver() error {
	x.mu.Lock()
	defer x.unlock()
	switch {
	case x.over || x.closed:
		return ErrClosed
	case x.conn != nil:
		return nil
	case x.out != nil:
		return x.hidden
	case x.wroteElsewhere():
		return ErrBegun
	}
	return x.takeOver()
}

// takeOver makes x.conn the connection and x.rw a fresh response on it.
func (x *Exchange) takeOver() error {
	if x.conn != nil {
		return x.claim()
	}
	r := x.received
	server := serverOf(r)
	switch {
	case r.ProtoMajor != 1:
		return fmt.Errorf("%w: %s on %T", ErrNotRaw, r.Proto, innermost(x.w))
	case server == nil:
		return fmt.Errorf("%w: the request has no http.Server in its context to serve later requests", ErrNotRaw)
	case !x.owner.MayTakeOver():
		return x.unwilling()
	}
	if !hijackable(x.w) {
		return hiddenBy(x.w)
	}
	left, expects, ok := x.bodyLeft()
	if !ok && x.body == nil {
		return fmt.Errorf("%w: middleware has taken the request body away, so that nobody knows where it ends", ErrNotRaw)
	}
	if !ok {
		return fmt.Errorf("%w: the request body is not read yet, and adapter.Adapter.Wrap is not outermost to know what is left of it behind %T", ErrNotRaw, x.body.src)
	}
	var rwc net.Conn
	var rw *bufio.ReadWriter
	var err error
	if !x.owner.Reserve() {
		err = x.unwilling()
	} else if rwc, rw, err = x.hijack(); err != nil {
		x.owner.Unreserve()
	}
	if err != nil {
		if x.body != nil {
			x.body.moved(nil, nil)
		}
		return err
	}
	early, _ := rw.Reader.Peek(rw.Reader.Buffered())
	shown := x.shown || x.base == nil && server.ConnContext != nil || foreign(x.w, nil)
	base, remote := x.base, r.RemoteAddr
	if !x.root { // middleware may have changed it
		remote = remoteAddr(rwc)
	}
	switch {
	case base != nil:
	case x.root && x.outer == nil && (server.BaseContext != nil || server.ConnContext != nil):
		base = context.WithoutCancel(x.first.base) // which ends with this request
	default:
		base = context.Background() // net/http has put nothing there but what newConn does
	}
	sole := !shown && x.base != nil // the owner has seen the listener
	c := newConn(rwc, remote, early, x.owner, server, base, shown, sole)
	c.errorHooks = append(c.errorHooks, x.errorHooks...)
	c.served.Store(1)
	c.seen.follow(x.seen)
	c.at.Store(x.first)
	c.x = x
	x.rw = new(http1.ResponseWriter)
	if x.body != nil {
		x.wire = c.wireBody(r, left)
		x.body.moved(x.wire, x.rw.Waits)
	}
	x.conn = c
	x.rw.Init(c.wire, (*connHost)(x), r, http1.TraitsOf(r), x.wire)
	if x.wire != nil {
		x.serveBody(expects)
	}
	x.rw.SetHeader(x.w.Header())
	x.w = x.rw
	if x.wire != nil {
		_ = c.wire.SetReadDeadline(after(time.Now(), c.times.whole), false)
	}
	c.owner.Opened(c)
	if x.asked() {
		c.watchFor(x)
	}
	return nil
}

func serverOf(r *http.Request) *http.Server {
	server, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	return server
}

// bodyLeft locks the body in the state in which it can move to the wire.
func (x *Exchange) bodyLeft() (left int64, expects, ok bool) {
	if x.body == nil {
		return 0, false, !x.stripped
	}
	left, ok = x.body.movable(x.root)
	return left, ok && !x.body.touched && x.body.expects, ok
}

// wireBody returns the body of r of which left bytes are to come, -1: chunks.
func (c *Conn) wireBody(r *http.Request, left int64) *http1.Body {
	switch {
	case left == 0:
		return nil
	case left < 0:
		return http1.NewBody(c.wire.Reader(), r, &c.limits)
	default:
		return http1.NewFixedBody(c.wire.Reader(), left)
	}
}

// serveBody has x.wire read at the client's pace, and the client asked for it where it
// expects that. x.rw is ready.
func (x *Exchange) serveBody(expects bool) {
	c, rw := x.conn, x.rw
	if expects {
		rw.ExpectContinue()
	}
	p := c.paced(c.times.whole > 0)
	x.wire.BeforeRead = func() error {
		if p != nil && rw.Unhurried() {
			p = nil
		}
		c.beforeRead(p)
		err := rw.Continue()
		if err != nil {
			c.afterRead(0)
		}
		return err
	}
	x.wire.AfterRead = func(n int64, _ error) { c.afterRead(n) }
}

// hijack gets the connection through whatever wraps x.w.
func (x *Exchange) hijack() (net.Conn, *bufio.ReadWriter, error) {
	x.taking = true
	defer func() { x.taking = false }()
	rwc, rw, err := http.NewResponseController(x.w).Hijack()
	switch {
	case err == nil:
		return rwc, rw, nil
	case errors.Is(err, http.ErrNotSupported):
		return nil, nil, hiddenBy(x.w)
	case errors.Is(err, http.ErrHijacked):
		return nil, nil, ErrBegun
	default:
		return nil, nil, fmt.Errorf("%w: hijack: %w", ErrNotRaw, err)
	}
}

// hiddenBy names the concrete type of the last writer in the chain of Unwrap: the
// one that hides what is below it.
func hiddenBy(w http.ResponseWriter) error {
	return fmt.Errorf("%w: %T does not implement http.Hijacker", ErrNotRaw, innermost(w))
}

// claim gives the raw connection of a looped exchange to its Stream. The way leads
// through Hijack, so that middleware that hides it goes on hiding it.
func (x *Exchange) claim() error {
	if x.rw.Hijacked() {
		return nil
	}
	if !x.owner.MayTakeOver() {
		return x.unwilling()
	}
	_, _, err := x.hijack()
	return err
}

package stream

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// attach fills in what the parser leaves open in r.
func (x *Exchange) attach(r *http.Request) (expects bool) {
	c := x.conn
	r.RemoteAddr, r.TLS = c.remote, c.tls
	if x.wire != nil {
		x.body = &body{src: x.wire, waits: x.rw.Waits, closing: r.Close}
		r.Body = x.body
	}
	return expectsContinue(r)
}

// A looped is an exchange of the keep-alive loop, with all it is made of: requests are
// many, and one allocation is cheaper than four.
type looped struct {
	Exchange
	rw http1.ResponseWriter
	in http1.Incoming
}

// Next waits for the next request on the connection and returns its exchange, to be
// given to the server's handler. After an error other than [ErrResting] the connection is
// closed; a bad request was answered by then.
func (c *Conn) Next() (*Exchange, error) {
	if err := c.await(); err != nil {
		if err != ErrResting {
			c.Close(false)
		}
		return nil, err
	}
	n := new(looped)
	x := &n.Exchange
	x.owner, x.conn, x.looped = c.owner, c, true
	x.base = c.base
	x.init(c.base)
	wire, err := c.receive(&x.first, &n.in)
	r, bad := &n.in.Request, requestError(err)
	switch {
	case bad != nil:
		r = unparsed(&x.first)
	case err != nil:
		c.Close(false)
		return nil, err
	}
	x.rw, x.wire = &n.rw, wire
	x.w = x.rw
	expects := x.attach(r)
	x.r, x.received = r, r
	x.serve(r, expects)
	x.follow(r)
	c.setExchange(x)
	if bad == nil {
		bad = x.check(c.owner.Settings().Request)
	}
	if bad != nil {
		x.rw.CloseAfter()
		x.Refuse(bad, x.refusers(), nil)
		_, linger := x.Finish()
		c.Close(linger)
		return nil, bad
	}
	return x, nil
}

// Finish ends an exchange that Next returned, after its handler has; keep says
// whether the connection can serve another request.
func (x *Exchange) Finish() (keep, linger bool) {
	keep, linger = x.finish()
	x.conn.setExchange(nil)
	return keep, linger
}

// Abort ends an exchange that Next returned and whose handler panicked.
func (x *Exchange) Abort() { x.abandon() }

// receive reads the head of the next request, which await has seen coming, into in.
func (c *Conn) receive(ctx context.Context, in *http1.Incoming) (*http1.Body, error) {
	header, whole := c.readTimeouts()
	var begun time.Time // now
	if c.first() {
		begun = c.born // await has set the time-out for the head
	} else if !c.wire.HeadBuffered() {
		if whole > 0 {
			begun = time.Now()
		}
		if _, err := c.patience.bound(c.wire, time.Time{}, header); err != nil {
			return nil, err
		}
	}
	c.served.Add(1)
	err := in.Read(ctx, c.wire.Reader(), &c.limits, &c.memo)
	if err == nil || requestError(err) != nil {
		c.tell(http.StateActive)
	}
	if err != nil {
		c.wire.Out.Begin(after(time.Now(), c.server.WriteTimeout)) // for the refusal
		return nil, err
	}
	if _, err := c.patience.bound(c.wire, time.Time{}, 0); err != nil {
		return nil, err
	}
	var now time.Time
	if whole > 0 || c.server.WriteTimeout > 0 {
		now = time.Now()
	}
	if whole > 0 {
		if begun.IsZero() {
			begun = now
		}
		_ = c.wire.SetReadDeadline(begun.Add(whole), c.owner.Settings().Request.ReadTimeout == 0)
	}
	c.wire.Out.Begin(after(now, c.server.WriteTimeout))
	return http1.NewBody(c.wire.Reader(), &in.Request, &c.limits), nil
}

// first reports whether no request has come on a connection that the owner itself has
// accepted.
func (c *Conn) first() bool { return c.served.Load() == 0 }

// await returns when the next request has begun to arrive. What was answered so far
// is sent before, unless the next request is there already; then it follows within
// a moment, whatever that request's handler waits for.
func (c *Conn) await() error {
	if c.rest.resume {
		c.rest.resume = false
		return c.rest.err
	}
	first := c.first()
	if c.wire.HeadBuffered() {
		if !first {
			c.tell(http.StateIdle)
		}
		c.flushSoon()
		return c.wire.Out.Err()
	}
	if err := c.wire.Out.Flush(); err != nil {
		return err
	}
	var since time.Time // now
	idle := c.idleTimeout()
	if first {
		idle, _ = c.readTimeouts() // the head's time-out: it has been due since the accept
		since = c.born
	} else {
		c.tell(http.StateIdle)
	}
	exact, err := c.patience.bound(c.wire, since, idle)
	if err != nil {
		return err
	}
	c.rest.sweeps.Store(0)
	if exact || !c.wire.Raw() {
		c.rest.sweeps.Store(neverRests)
	}
	c.wire.Out.Rest()
	return c.waitIdle()
}

// waitIdle waits with nothing in hand until there is something to read.
func (c *Conn) waitIdle() error {
	c.state.Store(connIdle)
	if c.ends() {
		return ErrClosed
	}
	return c.awake(c.wire.WaitReadable())
}

// ends reports whether there is no use in waiting: whoever switched keep-alive off may
// have missed that the connection is idle.
func (c *Conn) ends() bool { return c.last.Load() || !c.first() && !c.KeepAlives() }

// awake is called when an idle connection has something to read, or err.
func (c *Conn) awake(err error) error {
	switch {
	case c.state.CompareAndSwap(connIdle, connBusy):
		return err
	case !c.state.CompareAndSwap(connResting, connBusy):
		return ErrClosed
	case c.rested(err):
		return ErrResting
	}
	return err
}

func (c *Conn) idleTimeout() time.Duration {
	switch {
	case c.server.IdleTimeout != 0:
		return c.server.IdleTimeout
	case c.server.ReadTimeout != 0:
		return c.server.ReadTimeout
	}
	return c.owner.Settings().IdleTimeout
}

func (c *Conn) flushSoon() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flusher == nil {
		c.flusher = time.AfterFunc(flushDelay, func() { _ = c.wire.Out.TryPush() })
		return
	}
	c.flusher.Reset(flushDelay)
}

// readTimeouts returns the time for the head and for the whole request.
func (c *Conn) readTimeouts() (header, whole time.Duration) {
	set := c.owner.Settings()
	whole = c.server.ReadTimeout
	if set.Request.ReadTimeout != 0 {
		whole = set.Request.ReadTimeout
	}
	header = c.server.ReadHeaderTimeout
	if header == 0 || whole > 0 && whole < header {
		header = whole
	}
	if header == 0 {
		header = set.HeaderTimeout
	}
	return header, whole
}

// after returns now plus d, or no time if d is not positive.
func after(now time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return time.Time{}
	}
	return now.Add(d)
}

func expectsContinue(r *http.Request) bool {
	expect, ok := r.Header["Expect"]
	return ok && r.ProtoAtLeast(1, 1) && r.ContentLength != 0 && len(expect) > 0 && http1.HasToken(expect[0], "100-continue")
}

// check returns what r breaches of cfg, and of what any server must refuse.
func (x *Exchange) check(cfg RequestConfig) *RequestError {
	if x.looped {
		if expect, ok := x.r.Header["Expect"]; ok && len(expect) > 0 && expect[0] != "" && !http1.HasToken(expect[0], "100-continue") {
			return &RequestError{Op: "read header", Status: http.StatusExpectationFailed, Err: errors.New("unknown expectation")}
		}
	}
	return x.Limit(cfg)
}

package stream

import (
	"errors"
	"net/http"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// attach fills in what the parser leaves open in r.
func (x *Exchange) attach(original, r *http.Request) (expects bool) {
	c := x.conn
	r.RemoteAddr, r.TLS = c.remote, c.tls
	if x.wire != nil {
		x.body = &body{src: x.wire, original: original, copy: r}
		r.Body = x.body
	}
	return expectsContinue(r)
}

// Next waits for the next request on the connection and returns its exchange, to be
// given to the server's handler. After an error the connection is closed; a bad
// request was answered by then.
func (c *Conn) Next() (*Exchange, error) {
	r, wire, err := c.receive()
	bad := requestError(err)
	if err != nil && bad == nil {
		c.Close(false)
		return nil, err
	}
	n := &struct {
		Exchange
		rw http1.ResponseWriter
	}{}
	x := &n.Exchange
	x.owner, x.conn, x.looped, x.wire = c.owner, c, true, wire
	x.base = c.base
	x.init(c.base)
	if bad != nil {
		r = unparsed()
	}
	original := r
	r = r.WithContext(&x.first)
	x.rw = &n.rw
	x.w = x.rw
	expects := x.attach(original, r)
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

// receive waits for the next request and reads its head.
func (c *Conn) receive() (*http.Request, *http1.Body, error) {
	if err := c.await(); err != nil {
		return nil, nil, err
	}
	header, whole := c.readTimeouts()
	now := time.Now()
	if err := c.wire.SetReadDeadline(after(now, header), false); err != nil {
		return nil, nil, err
	}
	c.served.Add(1)
	r, err := c.wire.ReadRequest(&c.limits)
	if err != nil {
		return nil, nil, err
	}
	if header > 0 || whole > 0 {
		_ = c.wire.SetReadDeadline(after(now, whole), c.owner.Settings().Request.ReadTimeout == 0)
	}
	c.wire.Out.SetDeadline(after(now, c.server.WriteTimeout))
	return r, http1.NewBody(c.wire.Reader(), r, &c.limits), nil
}

// await returns when the next request has begun to arrive. What was answered so far
// is sent before, unless the next request is there already; then it follows within
// a moment, whatever that request's handler waits for.
func (c *Conn) await() error {
	if c.wire.HeadBuffered() {
		c.flushSoon()
		return c.wire.Out.Err()
	}
	if err := c.wire.Out.Flush(); err != nil {
		return err
	}
	idle := c.server.IdleTimeout
	if idle == 0 {
		idle = c.server.ReadTimeout
	}
	if idle == 0 {
		idle = c.owner.Settings().IdleTimeout
	}
	if err := c.wire.SetReadDeadline(after(time.Now(), idle), false); err != nil {
		return err
	}
	c.wire.Out.Rest()
	c.state.Store(connIdle)
	if !c.KeepAlives() {
		return ErrClosed // whoever switched it off may have missed that the connection is idle
	}
	err := c.wire.WaitReadable()
	if !c.state.CompareAndSwap(connIdle, connBusy) {
		return ErrClosed
	}
	return err
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
	return ok && r.ProtoAtLeast(1, 1) && r.ContentLength != 0 && httpguts.HeaderValuesContainsToken(expect, "100-continue")
}

// check returns what r breaches of cfg, and of what any server must refuse.
func (x *Exchange) check(cfg RequestConfig) *RequestError {
	if x.looped {
		if expect, ok := x.r.Header["Expect"]; ok && len(expect) > 0 && expect[0] != "" && !httpguts.HeaderValuesContainsToken(expect, "100-continue") {
			return &RequestError{Op: "read header", Status: http.StatusExpectationFailed, Err: errors.New("unknown expectation")}
		}
	}
	return x.Limit(cfg)
}

package stream

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// attach fills in what the parser leaves open in r, and has it served.
func (x *Exchange) attach(r *http.Request, traits http1.Traits) {
	c := x.conn
	r.RemoteAddr, r.TLS = c.remote, c.tls
	x.rw.Init(c.wire, (*connHost)(x), r, traits, x.wire)
	if x.wire != nil {
		x.body = &body{src: x.wire, waits: x.rw.Waits, closing: r.Close}
		r.Body = x.body
		x.serveBody(traits.Expect() && expectsContinue(r))
	} else if x.body != nil { // of the request before
		x.body = nil
	}
}

// receive reads the head of the next request, which await has seen coming, into in. here
// says that all of it is known to have come.
func (c *Conn) receive(ctx context.Context, in *http1.Incoming, here bool) (*http1.Body, http1.Traits, error) {
	br := c.wire.Reader()
	matched := c.memo.Match(br)
	here = here || matched || c.wire.HeadBuffered()
	var begun time.Time // now
	var traits http1.Traits
	var err error
	if here && !c.first() {
		c.served.Add(1)
		traits, err = in.Read(ctx, br, &c.limits, &c.memo, matched)
	} else {
		begun, traits, err = c.receiveSlowly(ctx, in, br, here, matched)
	}
	if err != nil {
		if requestError(err) != nil {
			c.tell(http.StateActive)
		}
		c.wire.Out.Begin(after(time.Now(), c.server.WriteTimeout)) // for the refusal
		return nil, traits, err
	}
	c.tell(http.StateActive)
	if err := c.patience.unbound(c.wire); err != nil {
		return nil, traits, err
	}
	if c.timed {
		c.timeRequest(begun)
	} else {
		c.wire.Out.Begin(time.Time{})
	}
	return http1.NewBody(br, &in.Request, &c.limits), traits, nil
}

// timeRequest bounds what is left of a request that began to arrive at begun, now if that
// is zero, and its response.
func (c *Conn) timeRequest(begun time.Time) {
	now := time.Now()
	if whole := c.times.whole; whole > 0 {
		if begun.IsZero() {
			begun = now
		}
		_ = c.wire.SetReadDeadline(begun.Add(whole), c.owner.Settings().Request.ReadTimeout == 0)
	}
	c.wire.Out.Begin(after(now, c.server.WriteTimeout))
}

// receiveSlowly reads a head that may come in part, or is the first one. It returns since
// when its time counts.
func (c *Conn) receiveSlowly(ctx context.Context, in *http1.Incoming, br *bufio.Reader, here, matched bool) (begun time.Time, traits http1.Traits, err error) {
	arrivals, header := c.owner.Settings().Arrivals, c.times.header
	if c.first() {
		begun = c.born
		if since := c.greeting(header); !since.IsZero() && !here {
			// As await has done, but a sweep that interrupts a wait takes its bound away.
			_, err = c.patience.bound(c.wire, since, header)
		}
	} else {
		if c.times.whole > 0 {
			begun = time.Now()
		}
		_, err = c.patience.bound(c.wire, time.Time{}, header)
	}
	if err != nil {
		return begun, traits, err
	}
	c.served.Add(1)
	if arrivals != nil {
		defer arrivals.End(c)
		if err := c.arriving(arrivals); err != nil {
			return begun, traits, err
		}
	}
	traits, err = in.Read(ctx, br, &c.limits, &c.memo, matched)
	return begun, traits, err
}

// greeting returns since when the time for the head of a first request counts; the zero time
// is the wait for it, which has begun at the accept.
func (c *Conn) greeting(header term) time.Time {
	if c.greeted || header.sweeps == 0 {
		return c.born
	}
	return time.Time{}
}

// first reports whether no request has come on a connection that the owner itself has
// accepted.
func (c *Conn) first() bool { return c.served.Load() == 0 }

// flushSoon has what was answered sent within flushDelay, if nothing sends it before.
func (c *Conn) flushSoon() {
	if c.flushing.Load() || c.flushing.Swap(true) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flusher == nil {
		c.flusher = time.AfterFunc(flushDelay, func() {
			c.flushing.Store(false)
			_ = c.wire.Out.TryPush()
		})
		return
	}
	c.flusher.Reset(flushDelay)
}

// flushNow spares the flushSoon under way its work, which the caller is to do.
func (c *Conn) flushNow() {
	if c.flushing.Load() {
		c.unflush()
	}
}

func (c *Conn) unflush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flusher != nil && c.flusher.Stop() {
		c.flushing.Store(false)
	}
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

// check returns what the request breaches of cfg, nil for no limits, and of what any
// server must refuse.
func (x *Exchange) check(cfg *RequestConfig, traits http1.Traits) *RequestError {
	if traits.Expect() {
		if expect := x.r.Header["Expect"]; len(expect) > 0 && expect[0] != "" && !http1.HasToken(expect[0], "100-continue") {
			return &RequestError{Op: "read header", Status: http.StatusExpectationFailed, Err: errors.New("unknown expectation")}
		}
	}
	if cfg != nil {
		if err := x.Limit(*cfg); err != nil {
			return err
		}
	}
	return x.admit()
}

package stream

import (
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
	if x.wire != nil {
		x.body = &body{src: x.wire, waits: x.rw.Waits, closing: r.Close}
		r.Body = x.body
	}
	x.serve(r, traits, traits.Expect && expectsContinue(r))
}

// receive reads the head of the next request, which await has seen coming, into in. here
// says that all of it has come.
func (c *Conn) receive(ctx context.Context, in *http1.Incoming, here bool) (*http1.Body, http1.Traits, error) {
	header, whole := c.times.header, c.times.whole
	var begun time.Time   // now
	var arrivals Arrivals // of a head that may come in part
	if c.first() {
		begun = c.born
		arrivals = c.owner.Settings().Arrivals
		if since := c.greeting(header); !since.IsZero() && !here {
			// As await has done, but a sweep that interrupts a wait takes its bound away.
			if _, err := c.patience.bound(c.wire, since, header); err != nil {
				return nil, http1.Traits{}, err
			}
		}
	} else if !here {
		arrivals = c.owner.Settings().Arrivals
		if whole > 0 {
			begun = time.Now()
		}
		if _, err := c.patience.bound(c.wire, time.Time{}, header); err != nil {
			return nil, http1.Traits{}, err
		}
	}
	c.served.Add(1)
	var traits http1.Traits
	var err error
	if arrivals != nil {
		err = c.arriving(arrivals)
	}
	if err == nil {
		traits, err = in.Read(ctx, c.wire.Reader(), &c.limits, &c.memo)
	}
	if arrivals != nil {
		arrivals.End(c)
	}
	if err == nil || requestError(err) != nil {
		c.tell(http.StateActive)
	}
	if err != nil {
		c.wire.Out.Begin(after(time.Now(), c.server.WriteTimeout)) // for the refusal
		return nil, traits, err
	}
	if err := c.patience.unbound(c.wire); err != nil {
		return nil, traits, err
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
	return http1.NewBody(c.wire.Reader(), &in.Request, &c.limits), traits, nil
}

// greeting returns since when the time for the head of a first request counts; the zero time
// is the wait for it, which has begun at the accept.
func (c *Conn) greeting(header time.Duration) time.Time {
	if c.greeted || header < coarse {
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
	if traits.Expect {
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

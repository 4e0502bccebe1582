package stream

import (
	"net/http"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// Serve waits for requests and gives the exchange of each to dispatch, which has the
// server's handler answer it, or calls [Exchange.Abort] and returns false when that has
// panicked. It returns when the connection is closed; or with [ErrResting], then it is to
// be called again, behind [Conn.Rest]; or with [ErrDetached]. Bad requests are answered,
// too.
func (c *Conn) Serve(dispatch func(*Conn, *Exchange) bool) error {
	c.dispatch = dispatch
	c.opened()
	for {
		x, err := c.next()
		if err != nil {
			return err
		}
		if !c.run(x) {
			return c.left()
		}
	}
}

// run has x answered, and reports whether the connection can serve another request.
// Otherwise it is closed, or goes on by itself.
func (c *Conn) run(x *Exchange) bool {
	c.detached, c.fed = nil, nil
	if !c.dispatch(c, x) {
		return false
	}
	if x.first.part() {
		keep, linger := x.conclude()
		if keep {
			c.reuse(x)
			return true
		}
		c.Close(linger)
		return false
	}
	if c.detached = x.Detached(); c.detached != nil {
		return false
	}
	if c.fed = x.takeFeed(); c.fed != nil {
		return false
	}
	keep, linger := x.finish()
	if !keep {
		c.Close(linger)
	}
	return keep
}

// conclude is finish for an exchange that nobody has asked for, nor can any more: there were
// no hooks, and nothing that only they can bring about.
func (x *Exchange) conclude() (keep, linger bool) {
	c := x.conn
	keep = x.rw.Finish() && c.KeepAlives()
	linger = x.rw.Lingers()
	c.parting = !keep && !x.received.Close
	if x.wire != nil {
		x.closeBody()
	}
	x.first.end()
	x.removeForm()
	if x.seen != nil {
		x.tellEnded(false)
	}
	return keep, linger
}

// reuse keeps x, which was concluded, for the next request, with what that will replace.
func (c *Conn) reuse(x *Exchange) { c.x, c.spare = nil, x }

// idles says that no request is being served.
func (c *Conn) idles() {
	c.at.Store(nil)
	c.x = nil
	if x := c.spare; x != nil {
		x.clear()
	}
}

// clear lets go of all that a request has brought into x, which was concluded.
func (x *Exchange) clear() {
	x.first, x.seen, x.w, x.rw = nil, nil, nil, nil
	x.r, x.received, x.body, x.wire = nil, nil, nil, nil
}

// Arrived returns what the server's handler is to be called with, before anybody else has
// x.
func (x *Exchange) Arrived() (http.ResponseWriter, *http.Request) { return x.w, x.r }

// Abort ends an exchange whose handler panicked, and closes the connection.
func (x *Exchange) Abort() { x.abandon() }

// A looped is what a handler that the keep-alive loop calls can keep: requests are many, and
// one allocation is cheaper than four.
type looped struct {
	ctx requestContext
	rw  http1.ResponseWriter
	in  http1.Incoming
}

// next waits for the next request and returns its exchange. After an error other than
// [ErrResting] the connection is closed.
func (c *Conn) next() (*Exchange, error) {
	if err := c.await(true); err != nil {
		c.failed(err)
		switch err {
		case ErrDetached:
		case ErrResting:
			c.spare = nil
		default:
			c.Close(false)
		}
		return nil, err
	}
	if x := c.attended.left; x != nil {
		c.attended.left = nil
		return x, nil
	}
	x, _, err := c.take(false)
	return x, err
}

// take reads the next request, which has begun to arrive, and begins its exchange. here
// says that all of its head is known to have come. A bad request is answered.
func (c *Conn) take(here bool) (*Exchange, http1.Traits, error) {
	n, x := new(looped), c.spare
	if c.spare = nil; x == nil {
		x = &Exchange{owner: c.owner, base: c.base, conn: c, looped: true}
	}
	n.ctx.base, n.ctx.x = c.base, x
	x.first, x.seen = &n.ctx, c.seen.next()
	wire, traits, err := c.receive(&n.ctx, &n.in, here)
	r := &n.in.Request
	var bad *RequestError
	if err != nil {
		if bad = requestError(err); bad == nil {
			c.failed(err)
			c.Close(false)
			return nil, traits, err
		}
		r = unparsed(&n.ctx)
	}
	x.rw, x.wire = &n.rw, wire
	x.w = x.rw
	x.r, x.received = r, r
	x.attach(r, traits)
	c.x = x
	c.at.Store(&n.ctx)
	x.begins()
	if bad == nil && (wire != nil || c.request != nil || traits.Expect()) {
		bad = x.check(c.request, traits)
	}
	if bad != nil {
		c.refused(x, bad)
		return nil, traits, bad
	}
	return x, traits, nil
}

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
	if !c.dispatch(c, x) {
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

// Arrived returns what the server's handler is to be called with, before anybody else has
// x.
func (x *Exchange) Arrived() (http.ResponseWriter, *http.Request) { return x.w, x.r }

// Abort ends an exchange whose handler panicked, and closes the connection.
func (x *Exchange) Abort() { x.abandon() }

// A looped is an exchange of the keep-alive loop, with all it is made of: requests are
// many, and one allocation is cheaper than four.
type looped struct {
	Exchange
	rw http1.ResponseWriter
	in http1.Incoming
}

// next waits for the next request and returns its exchange. After an error other than
// [ErrResting] the connection is closed.
func (c *Conn) next() (*Exchange, error) {
	if err := c.await(true); err != nil {
		c.failed(err)
		if err != ErrResting && err != ErrDetached {
			c.Close(false)
		}
		return nil, err
	}
	if x := c.attended.left; x != nil {
		c.attended.left = nil
		return x, nil
	}
	n, err := c.take(c.wire.HeadBuffered())
	if err != nil {
		return nil, err
	}
	return &n.Exchange, nil
}

// take reads the next request, which has begun to arrive, and begins its exchange. here
// says that all of its head has come. A bad request is answered.
func (c *Conn) take(here bool) (*looped, error) {
	n := new(looped)
	x := &n.Exchange
	x.owner, x.conn, x.looped, x.seen = c.owner, c, true, c.seen.next()
	x.base = c.base
	x.init(c.base)
	wire, err := c.receive(&x.first, &n.in, here)
	r, bad := &n.in.Request, requestError(err)
	switch {
	case bad != nil:
		r = unparsed(&x.first)
	case err != nil:
		c.failed(err)
		c.Close(false)
		return nil, err
	}
	x.rw, x.wire = &n.rw, wire
	x.w = x.rw
	x.r, x.received = r, r
	x.attach(r, n.in.Traits)
	c.x.Store(x)
	x.begins()
	if bad == nil {
		bad = x.check(c.request, n.in.Traits)
	}
	if bad != nil {
		c.refused(x, bad)
		return nil, bad
	}
	return n, nil
}

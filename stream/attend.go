package stream

import (
	"net/http"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// attended is what requests that were served within a wait have left for the time behind
// it. It belongs to the goroutine that serves.
type attended struct {
	err     error     // why the wait was ended from within
	left    *Exchange // to be dispatched behind it, because it needs more of the connection
	over    bool      // it was
	again   bool      // to be waited on
	ending  bool      // Close was called
	lingers bool      // with this
}

// attend waits, and serves what comes as long as that is whole requests. It returns nil
// when something else has come.
func (c *Conn) attend() error {
	var room [ballast]byte
	err := c.wire.Await(c.whole)
	settled(&room)
	a := c.attended
	c.attended = attended{left: a.left}
	if a.ending {
		c.Close(a.lingers)
	}
	switch {
	case a.again:
		return c.await(true)
	case a.over:
		return a.err
	}
	return c.awake(err)
}

// whole serves the requests that have come, and reports whether the wait for others goes
// on. It is called within the wait.
func (c *Conn) whole() bool {
	a := &c.attended
	a.err = c.awake(nil)
	for a.over = a.err != nil || !c.wire.HeadBuffered(); !a.over; {
		x, traits, err := c.take(true)
		switch {
		case err != nil:
			a.over, a.err = true, err
		case c.needed(x.r, traits):
			a.over, a.left = true, x
		case !c.run(x):
			a.over, a.err = true, c.left()
		case !c.wire.Inside(): // outgrown
			a.over, a.again = true, true
		case c.wire.HeadBuffered():
			a.err = c.follows()
			a.over = a.err != nil
		default:
			c.idles()
			if a.err = c.settle(); a.err == nil && c.wire.Buffered() == 0 {
				c.state.Store(connIdle)
				if !c.ends() {
					return true
				}
				a.err = ErrClosed
			}
			a.over = true
		}
	}
	return false
}

// needed reports whether whoever answers r may read from the connection.
func (c *Conn) needed(r *http.Request, traits http1.Traits) bool {
	return r.ContentLength < 0 || r.ContentLength > int64(c.wire.Buffered()) ||
		traits.Upgrade() || r.Method == http.MethodConnect
}

// ballast is what a goroutine that waits for the next request has on its stack, in bytes.
// The garbage collector halves a stack of which less than a quarter is in use when it
// comes by, and a handler needs all of it again a moment later: for servers that are
// busy that was half of what the collector costs. A connection that is idle for longer
// has no goroutine.
const ballast = 1 << 10

//go:noinline
func settled(*[ballast]byte) {}

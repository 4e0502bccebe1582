package stream

import (
	"net/http"
	"time"
)

// await returns when the next request has begun to arrive. What was answered so far
// is sent before, unless the next request is there already; then it follows within
// a moment, whatever that request's handler waits for. serve lets it serve requests
// meanwhile.
func (c *Conn) await(serve bool) error {
	switch {
	case c.rest.resume: // bounded as before, and idle
		c.rest.resume = false
		if c.rest.err != nil {
			return c.rest.err
		}
	case c.wire.HeadBuffered():
		return c.follows()
	default:
		if serve {
			c.idles()
		}
		if err := c.settle(); err != nil {
			return err
		}
		c.state.Store(connIdle)
	}
	switch {
	case c.ends():
		return ErrClosed
	case serve && c.wire.Attends() && c.wire.Buffered() == 0:
		return c.attend()
	}
	return c.awake(c.wire.WaitReadable())
}

// follows is called instead of a wait when the next request is there.
func (c *Conn) follows() error {
	if !c.first() {
		c.tell(http.StateIdle)
	}
	c.flushSoon()
	return c.wire.Out.Err()
}

// settle sends what was answered, and bounds the wait that follows: it begins with
// nothing in hand.
func (c *Conn) settle() error {
	c.flushNow()
	if err := c.wire.Out.FlushAll(); err != nil {
		return err
	}
	var since time.Time // now
	idle := c.times.idle
	if c.first() {
		idle = c.times.header // the head's time-out: it has been due since the accept
		since = c.greeting(idle)
	} else {
		c.tell(http.StateIdle)
	}
	exact, err := c.patience.bound(c.wire, since, idle)
	if err != nil {
		return err
	}
	if exact || !c.wire.Raw() {
		c.rest.sweeps.Store(neverRests)
	} else {
		c.rest.begin(restAfter)
	}
	return nil
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

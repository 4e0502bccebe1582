package stream

import (
	"context"
	"sync/atomic"
	"time"
)

// The keys of the exchange, and of the question whether there is one.
type (
	exchangeKey struct{}
	enteredKey  struct{}
)

// requestContext is the context of a request: the values of its base, and an end of
// its own. It costs nothing until somebody waits for that end.
type requestContext struct {
	base context.Context
	x    *Exchange // see exchange

	live  atomic.Pointer[liveState] // made by the first Done
	ended atomic.Bool               // stored before live is loaded, and loaded after it is stored
	way   atomic.Uint32             // to x
}

const (
	wayOpen   uint32 = iota // nobody has gone it
	wayGone                 // somebody may have x
	wayClosed               // x is another request's by now, or will be
)

// exchange returns x to somebody who may keep it, nil if it is too late.
func (c *requestContext) exchange() *Exchange {
	if c.way.Load() == wayOpen {
		c.way.CompareAndSwap(wayOpen, wayGone)
	}
	return c.known()
}

// known returns x if somebody may have it.
func (c *requestContext) known() *Exchange {
	if c.way.Load() != wayGone {
		return nil
	}
	return c.x
}

// part closes the way to x, and reports whether nobody has gone it.
func (c *requestContext) part() bool { return c.way.CompareAndSwap(wayOpen, wayClosed) }

type liveState struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (c *requestContext) Deadline() (time.Time, bool) { return c.base.Deadline() }

func (c *requestContext) Done() <-chan struct{} {
	live := c.live.Load()
	if live == nil {
		live = c.wake()
	}
	return live.ctx.Done()
}

func (c *requestContext) wake() *liveState {
	ctx, cancel := context.WithCancel(c.base)
	live := &liveState{ctx, cancel}
	if !c.live.CompareAndSwap(nil, live) {
		cancel()
		return c.live.Load()
	}
	if c.ended.Load() {
		cancel()
	} else if x := c.exchange(); x != nil {
		x.watched()
	}
	return live
}

func (c *requestContext) Err() error {
	if live := c.live.Load(); live != nil {
		return live.ctx.Err()
	}
	if c.ended.Load() {
		return context.Canceled
	}
	return c.base.Err()
}

func (c *requestContext) Value(key any) any {
	switch key.(type) {
	case exchangeKey:
		return c.exchange() // which has this type if it is nil, too
	case enteredKey:
		return true
	}
	// The live context is asked so that package context finds its own parent
	// and needs no goroutine for each context derived from this one.
	if live := c.live.Load(); live != nil {
		return live.ctx.Value(key)
	}
	return c.base.Value(key)
}

// end ends the context.
func (c *requestContext) end() {
	c.ended.Store(true)
	if live := c.live.Load(); live != nil {
		live.cancel()
	}
}

func (c *requestContext) asked() bool { return c.live.Load() != nil }

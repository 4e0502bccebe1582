package stream

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

type exchangeKey struct{}

// requestContext is the context of a request: the values of its base, and an end of
// its own. It costs nothing until somebody waits for that end.
type requestContext struct {
	base context.Context
	x    *Exchange

	mu    sync.Mutex                // guards the making of live
	live  atomic.Pointer[liveState] // made by the first Done
	ended atomic.Bool               // stored before live is loaded, and loaded after it is stored
}

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
	c.base.Done() // wakes a base of ours while mu is free
	c.mu.Lock()
	if live := c.live.Load(); live != nil {
		c.mu.Unlock()
		return live
	}
	ctx, cancel := context.WithCancel(c.base)
	live := &liveState{ctx, cancel}
	c.live.Store(live)
	c.mu.Unlock()
	if c.ended.Load() {
		cancel()
	} else {
		c.x.watched()
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
	if _, ok := key.(exchangeKey); ok {
		return c.x
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

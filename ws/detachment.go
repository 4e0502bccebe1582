package ws

import (
	"sync"
	"sync/atomic"

	"github.com/onramp-go/onramp/stream"
)

// A detachment knows whether a Conn is detached from the hook that has accepted it, and
// then who may read: nobody but its message hook.
type detachment struct {
	state atomic.Int32
	mu    sync.Mutex // held while it is hookLent
}

const (
	attached int32 = iota
	between
	inHook   // the message hook runs
	hookLent // and may not end yet
)

func (d *detachment) begin() { d.state.Store(between) }

// enter and leave enclose the message hook.
func (d *detachment) enter() {
	if d.state.Load() == between {
		d.state.Store(inHook)
	}
}

func (d *detachment) leave() {
	if d.state.Load() == attached || d.state.CompareAndSwap(inHook, between) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.state.Store(between)
}

// refuses reports whether nobody may read.
func (d *detachment) refuses() bool { return d.state.Load() == between }

// lend prepares the network connection for somebody who may close it: that would wait for
// the end of a message hook.
func (d *detachment) lend(raw *stream.Raw) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state.CompareAndSwap(inHook, hookLent) {
		_ = raw.Outgrow() // if it fails, a close waits
		d.state.CompareAndSwap(hookLent, inHook)
	}
}

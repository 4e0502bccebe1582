package ws

import (
	"errors"

	"github.com/onramp-go/onramp/stream"
)

// A service runs the message hook of one WebSocket until that ends. It holds the Conn's
// reading, but while the message hook runs.
type service struct {
	h      *hook
	c      *Conn
	reason error // of the end
	holds  bool  // the Conn's reading
	rests  bool  // it goes on elsewhere
	over   bool
}

// run serves on the goroutine of the hook.
func (v *service) run() {
	v.hold()
	defer v.release() // the message hook may panic
	for v.message(waits) {
	}
}

// detached serves when the handlers around the hook have returned. It returns true to go
// on on another goroutine.
func (v *service) detached(x *stream.Exchange) (again bool) {
	v.c.x.Store(x)
	v.c.detachment.begin()
	v.rests = false
	v.hold()
	defer v.release()
	for !v.over && !v.rests {
		if v.c.lost == nil && v.c.between() {
			v.attend()
		}
		if !v.over && !v.rests {
			v.message(rests)
		}
	}
	return v.rests
}

func (v *service) hold() {
	v.c.reading.Lock()
	v.holds = true
}

func (v *service) release() {
	if v.holds {
		v.holds = false
		v.c.reading.Unlock()
	}
}

// attend serves what comes as a whole within the wait for it. It returns when there is
// something else to do.
func (v *service) attend() {
	c := v.c
	c.relax()
	if c.raw.Buffered() > 0 {
		return
	}
	c.waits()
	err := c.raw.Attend(v.come)
	switch {
	case errors.Is(err, stream.ErrResting):
		v.rests = true
	case v.over:
	case err != nil || c.alive.waiting.Load():
		c.waited(err)
	}
}

// come serves what has come. It reports whether there is nothing else to do.
func (v *service) come() (on bool) {
	c := v.c
	c.waited(nil)
	for c.lost == nil && c.whole() {
		if !v.message(never) {
			return false
		}
	}
	if c.lost != nil || c.raw.Buffered() > 0 {
		return false
	}
	c.relax()
	c.waits()
	return true
}

// message runs the message hook for the next message, if there is one. It returns false
// when there is something else to do than to serve the one after it.
func (v *service) message(how patience) (on bool) {
	c := v.c
	messageType, p, err := c.receive(how)
	switch {
	case err == errNothing:
		return true
	case errors.Is(err, stream.ErrResting):
		v.rests = true
		return false
	case err != nil:
		if v.reason == nil {
			v.reason = err
		}
		v.over = true
		c.tell(v.reason)
		return false
	case c.alive.parting.Load():
		return true
	}
	v.release()
	c.detachment.enter()
	err = v.h.onMessage(c, messageType, p)
	v.hold()
	c.detachment.leave()
	if err != nil {
		v.reason = err
		c.dismiss(err)
	}
	return how != never || c.between()
}

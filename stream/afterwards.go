package stream

import (
	"errors"
	"net/http"
	"slices"
)

// ErrDetached is returned by [Conn.Serve] when the connection goes on by itself: see
// [Conn.Detached].
var ErrDetached = errors.New("stream: detached")

// An aftermath is what an exchange has to go on with when the handlers around its hook
// have returned.
type aftermath struct {
	run func(x *Exchange) (again bool)
	r   *http.Request // as the hook has seen it; nil in the exchange that follows

	kept   []attribute // of the exchange that follows, until hooks ask for them
	shared *attributes // instead
}

// attributes gives own what the exchange before has left, if there was one, and returns it.
func (a *aftermath) attributes(own *attributes) *attributes {
	switch {
	case a == nil:
	case a.shared != nil:
		return a.shared
	default:
		own.list = slices.Clone(a.kept)
	}
	return own
}

// Afterwards lets the connection go on when the hook and all handlers around it have
// returned, after an [Exchange.Upgrade]. The exchange ends then as any other, and run is
// called with the one that follows it, on a new goroutine that has a small stack and none
// of their frames. That exchange ends when run returns false. When run returns true it is
// called again, on another goroutine; that is for [ErrResting].
//
// The exchange that follows has the same request, but for the fields that asked for the
// other protocol, with the parameters of its route, and the same attributes. Nothing else of the middleware around the hook
// holds any more: the contexts carry the values of the connection, none of
// middleware's. A panic in run is a hook's, seen by the owner's task-panic hooks.
//
// Afterwards reports false where it is impossible; then run is not called.
func (x *Exchange) Afterwards(run func(x *Exchange) (again bool)) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.upgraded == nil || x.over || x.after != nil {
		return false
	}
	x.after = &aftermath{run: run, r: x.r}
	return true
}

// Detached returns the exchange that goes on by itself, nil if none does. It is for the
// owner, when the handlers have returned; the exchange is over then, and the other one is
// the owner's to [Exchange.Carry].
func (x *Exchange) Detached() *Exchange {
	if x.hooked.Load() == nil {
		return nil // nobody could ask for it
	}
	x.mu.Lock()
	a, r := x.after, x.upgraded
	if a == nil || r == nil {
		x.mu.Unlock()
		return nil
	}
	next := x.successor()
	x.over, x.upgraded = true, nil
	x.mu.Unlock()
	x.pass(next, nil)
	next.out.Locked(func() { x.follower.Closed = ErrClosed })
	x.endContexts()
	next.conn.stopWatch()
	next.conn.shed()
	next.conn.at.Store(next.first)
	next.conn.x = next
	r.x.Store(next)
	x.removeForm()
	x.tellEnded(false)
	if next.out.Err() != nil {
		next.endContexts() // nobody would tell any more
	}
	return next
}

// Detached returns the exchange that goes on after [Conn.Serve] has returned
// [ErrDetached], to be carried by the owner; nil where a [Feed] goes on, which nobody
// carries.
func (c *Conn) Detached() *Exchange {
	x, f := c.detached, c.fed
	c.detached, c.fed = nil, nil
	if f != nil {
		f.begin()
	}
	return x
}

// left says why there is no further request.
func (c *Conn) left() error {
	if c.detached != nil || c.fed != nil {
		return ErrDetached
	}
	return ErrClosed
}

// Finish ends an exchange that was carried, and closes its connection.
func (x *Exchange) Finish() {
	_, linger := x.finish()
	x.conn.idles()
	x.conn.Close(linger)
}

// Carry is called by the owner, on a new goroutine, as long as it returns true; then the
// owner ends the exchange by [Exchange.Finish].
func (x *Exchange) Carry() (again bool) {
	x.upgraded.resume()
	return x.after.run(x)
}

// Park has the owner's resume called, once and on a new goroutine, when there is
// something for [Exchange.Carry] to do. It reports false where that is unknown, and Carry
// is to be called now.
func (x *Exchange) Park(resume func()) bool { return x.upgraded.park(resume) }

// partUpgraded lets the protocol that has the connection come to its end.
func (x *Exchange) partUpgraded(cut bool) {
	if x.hooked.Load() == nil && x.after == nil {
		return
	}
	x.mu.Lock()
	r := x.upgraded
	x.upgraded = nil
	x.mu.Unlock()
	if r == nil {
		return
	}
	x.conn.upgraded.Store(nil)
	x.lingering = r.end(cut)
	r.out.Locked(func() { r.out.Shut(ErrClosed) })
}

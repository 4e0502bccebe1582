package stream

import "sync"

// A Grip holds what has begun as an exchange, and may go on when that is over, without
// keeping it. It is for owners; its methods may be called from any goroutine.
type Grip struct {
	mu sync.Mutex // guards what follows
	x  *Exchange
	f  *Feed // instead of x
}

// Grip returns the one of x.
func (x *Exchange) Grip() *Grip {
	h := x.forHooks()
	x.mu.Lock()
	defer x.mu.Unlock()
	if h.grip == nil {
		h.grip = &Grip{x: x}
	}
	return h.grip
}

// pass has the Grip, if there is one, go on with next, or f.
func (x *Exchange) pass(next *Exchange, f *Feed) {
	x.mu.Lock()
	g := x.forHooks().grip
	x.mu.Unlock()
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.x, g.f = next, f
}

func (g *Grip) get() (*Exchange, *Feed) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.x, g.f
}

// ID is [Stream.ID].
func (g *Grip) ID() uint64 {
	x, f := g.get()
	if f != nil {
		return f.conn.id
	}
	return x.Stream().ID()
}

// Sever is [Exchange.Sever].
func (g *Grip) Sever(reason error) {
	if x, f := g.get(); f != nil {
		f.sever(reason)
	} else {
		x.Sever(reason)
	}
}

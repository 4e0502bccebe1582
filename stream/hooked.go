package stream

// A hooked is what hooks have of an exchange. Most exchanges of handlers never need one.
type hooked struct {
	stream  Stream
	context Context
	ctx     requestContext // the Stream's
	grip    *Grip          // nil: nobody has one; guarded by the exchange's mu
	made    []byte         // the head that response hooks have made of the one to be sent; guarded alike
}

// Stream returns the exchange's Stream.
func (x *Exchange) Stream() *Stream { return &x.forHooks().stream }

// Context returns the exchange's Context.
func (x *Exchange) Context() *Context { return &x.forHooks().context }

func (x *Exchange) forHooks() *hooked {
	if h := x.hooked.Load(); h != nil {
		return h
	}
	x.first.exchange()
	h := new(hooked)
	h.stream.x, h.context.x, h.context.response.x = x, x, x
	h.context.attributes = x.left(&h.context.own)
	if x.outer != nil {
		h.context.attributes = x.outer.Context().attributes
	}
	h.ctx.base, h.ctx.x = x.first.base, x
	if !x.hooked.CompareAndSwap(nil, h) {
		return x.hooked.Load()
	}
	if x.first.ended.Load() { // perhaps before anybody could tell h
		h.ctx.end()
	}
	return h
}

// left returns the attributes that x begins with, own where they are its own.
func (x *Exchange) left(own *attributes) *attributes {
	if a := x.after; a != nil && a.r == nil {
		return a.attributes(own)
	}
	return own
}

// asked reports whether somebody waits for the end of the request's context or of the
// Stream's.
func (x *Exchange) asked() bool {
	h := x.hooked.Load()
	return x.last().asked() || h != nil && h.ctx.asked()
}

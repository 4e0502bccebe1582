package stream

// OnLeave has f called, once and on the goroutine that serves the request, when the
// layer of handlers that is running now is left, or a NextRequest loop goes on to the
// next request: for what a hook has opened and must not outlive it. abandoned says
// that the layer panics. To be called by the goroutine that serves the request.
func (x *Exchange) OnLeave(f func(abandoned bool)) {
	x.leaver = &leaver{depth: x.depth, leave: f, before: x.leaver}
}

type leaver struct {
	depth  int32
	leave  func(abandoned bool)
	before *leaver
}

// leaveFrom calls what layers from depth on have left behind, the last one first.
func (x *Exchange) leaveFrom(depth int32, abandoned bool) {
	for l := x.leaver; l != nil && l.depth >= depth; l = x.leaver {
		x.leaver = l.before
		l.leave(abandoned)
	}
}

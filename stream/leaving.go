package stream

// OnLeave has f called, once and on the goroutine that serves the request, when the
// layer of handlers that is running now is left, or a NextRequest loop goes on to the
// next request: for what a hook has opened and must not outlive it. abandoned says
// that the layer panics. To be called by the goroutine that serves the request.
func (x *Exchange) OnLeave(f func(abandoned bool)) {
	x.leavers = append(x.leavers, leaver{x.depth, f})
}

type leaver struct {
	depth int
	leave func(abandoned bool)
}

// leaveFrom calls what layers from depth on have left behind, the last one first.
func (x *Exchange) leaveFrom(depth int, abandoned bool) {
	for n := len(x.leavers); n > 0 && x.leavers[n-1].depth >= depth; n = len(x.leavers) {
		l := x.leavers[n-1]
		x.leavers = x.leavers[:n-1]
		l.leave(abandoned)
	}
}

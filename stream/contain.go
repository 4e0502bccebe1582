package stream

import "net/http"

// Contain is deferred around calls of the application's that nobody else recovers, by packages
// that serve hooks: a panic is logged, the owner's [Observer] is told, and it goes no further.
// If returned does not say that all is well fell is called, which may be nil, behind a panic or
// within runtime.Goexit. It may give up a lock, because none may be held when the Observer is
// told; but until then the exchange must not be over. x may be nil where nothing of the
// application's is left to be called.
func (x *Exchange) Contain(returned *bool, fell func(exits bool)) {
	if *returned || x == nil {
		return
	}
	v := recover()
	remote := x.received.RemoteAddr
	if c := x.connection(); c != nil {
		remote = c.remote // which no handler changes
	}
	err := contained(v, remote, x.logf)
	if fell != nil {
		fell(v == nil)
	}
	if err != nil {
		x.Saw(err)
	}
}

// Contain is [Exchange.Contain] behind the end of a request.
func (c *Conn) Contain() {
	err := contained(recover(), c.remote, c.Logf)
	if w := c.seen; w != nil && err != nil {
		defer w.guard()
		w.observer.Panicked(RequestInfo{Conn: c.id, Request: unparsed(c.base)}, err)
	}
}

// contained logs what was recovered. It returns nil if that was no panic of the application's.
func contained(v any, remote string, logf func(format string, args ...any)) *PanicError {
	if v == nil || v == http.ErrAbortHandler {
		return nil
	}
	err := &PanicError{Value: v, Stack: stack()}
	logf("http: panic serving %v: %v\n%s", remote, v, err.Stack)
	return err
}

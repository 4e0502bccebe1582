package adapter

import (
	"net/http"
	"runtime/debug"

	"github.com/onramp-go/onramp/stream"
)

// Detached goes on with an exchange whose handlers have returned, on a goroutine of its
// own.
func (o *owner) Detached(x *stream.Exchange) { go o.carry(x) }

// carry serves an exchange that goes on by itself until it ends or its goroutine is to
// be changed for another.
func (o *owner) carry(x *stream.Exchange) {
	done := false
	defer func() {
		if !done {
			o.fell(x, recover())
		}
	}()
	again := x.Carry()
	done = true
	if again {
		o.rest(x)
		return
	}
	done = false
	x.Finish()
	done = true
}

// rest goes on with x on another goroutine, when there is something to do.
func (o *owner) rest(x *stream.Exchange) {
	resume := func() { o.carry(x) }
	if !x.Park(resume) {
		go resume()
	}
}

// fell ends an exchange that has panicked with v, or called runtime.Goexit.
func (o *owner) fell(x *stream.Exchange, v any) {
	if v != nil && v != http.ErrAbortHandler {
		err := &stream.PanicError{Value: v, Stack: debug.Stack()}
		logPanic(x, err)
		x.Panicked(err, runner(o.opts.TaskPanicHooks), nil)
	}
	x.Abort()
}

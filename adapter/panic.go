package adapter

import (
	"log"
	"net/http"
	"runtime/debug"

	"github.com/onramp-go/onramp/stream"
)

// catch is deferred by a layer that has task-panic hooks.
func (l *Layer) catch(x *stream.Exchange, keep http.Header, pop func()) {
	pop()
	if v := recover(); v != nil {
		answerPanic(x, v, runner(l.TaskPanic), keep)
	}
}

// answerPanic runs hook for a panic, or what a hook's panic does without any.
func answerPanic(x *stream.Exchange, v any, hook stream.Runner, keep http.Header) {
	if v == http.ErrAbortHandler {
		panic(v)
	}
	err := &stream.PanicError{Value: v, Stack: debug.Stack()}
	logPanic(x, err)
	if x.Panicked(err, hook, keep) {
		panic(http.ErrAbortHandler)
	}
}

func logPanic(x *stream.Exchange, err *stream.PanicError) {
	defer x.Saw(err)
	r := x.Request()
	server, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	logf := log.Printf
	if server != nil && server.ErrorLog != nil {
		logf = server.ErrorLog.Printf
	}
	remote := r.RemoteAddr
	if c := x.Conn(); c != nil {
		remote = c.RemoteAddr() // which no handler changes
	}
	logf("http: panic serving %v: %v\n%s", remote, err.Value, err.Stack)
}

// seePanic tells the observer of a panic that nobody here answers.
func seePanic(x *stream.Exchange, v any) {
	if v != nil && v != http.ErrAbortHandler {
		x.Saw(&stream.PanicError{Value: v, Stack: debug.Stack()})
	}
}

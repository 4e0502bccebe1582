package middleware

import (
	"net/http"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
)

// Request runs h in order before the handler. A hook that rejects skips the rest,
// the handler and the response hooks; what is staged is sent if nothing was sent.
func Request(h ...hooks.ServerHook) func(http.Handler) http.Handler {
	return layer("Request", adapter.Layer{Request: check("Request", h)})
}

// Response runs h in order once, just before the final head of the response is sent.
// Context.Response holds the status and the fields that the handler has set, and the
// hooks may change them. A hook that sets Body replaces the handler's body. Where
// layers nest, the innermost runs first. A rejecting hook skips those that are left.
//
// They run on the goroutine that sends first. They do not run for a response that a
// rejecting hook, a request error or a panic has brought about.
func Response(h ...hooks.ServerHook) func(http.Handler) http.Handler {
	return layer("Response", adapter.Layer{Response: check("Response", h)})
}

// RequestError runs h for requests that breach a limit inside this part of the tree,
// and for requests that cannot be parsed on a connection that was taken over inside
// it, with Context.RequestError set and the plain status staged.
func RequestError(h ...hooks.ServerHook) func(http.Handler) http.Handler {
	return layer("RequestError", adapter.Layer{RequestError: check("RequestError", h)})
}

// TaskPanic runs h when a hook or handler inside panics, with Context.TaskPanic set.
// A plain 500 is staged unless the response had begun; then the connection is cut
// after the hooks. The panic is logged to the server's ErrorLog and goes no further,
// except http.ErrAbortHandler, which is passed on and runs no hook.
func TaskPanic(h ...hooks.ServerHook) func(http.Handler) http.Handler {
	return layer("TaskPanic", adapter.Layer{TaskPanic: check("TaskPanic", h)})
}

func layer(name string, l adapter.Layer) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		if next == nil {
			panic("middleware." + name + ": next is nil")
		}
		return l.Handler(next)
	}
}

func check(name string, h []hooks.ServerHook) hooks.Chain {
	for _, hook := range h {
		if hook == nil {
			panic("middleware." + name + ": a hook is nil")
		}
	}
	return append(hooks.Chain(nil), h...)
}

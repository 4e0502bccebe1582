package adapter

import (
	"net/http"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// Handler returns hook as a route, for chi's Method, http.ServeMux or anything else
// that takes an http.Handler. What the hook stages is sent when it returns, unless it
// has sent a response itself.
//
// A panic of the hook runs the task-panic hooks around the route; without any it is
// logged and answered with a plain 500, or cuts the connection if a response had
// begun. http.ErrAbortHandler is passed on.
//
// Under [Adapter.Wrap] the route uses that Adapter; elsewhere an Adapter of its own
// with default options, which shuts down with the http.Server. Handler panics if hook
// is nil.
func Handler(hook hooks.ServerHook) http.Handler {
	if hook == nil {
		panic("adapter.Handler: hook is nil")
	}
	return &route{owner: (*owner)(New(nil)), hook: hook}
}

// HandlerFunc is [Handler] for a function.
func HandlerFunc(hook func(*stream.Stream, *stream.Context) hooks.Status) http.Handler {
	if hook == nil {
		panic("adapter.HandlerFunc: hook is nil")
	}
	return Handler(hooks.HookFunc(hook))
}

type route struct {
	owner *owner
	hook  hooks.ServerHook
}

// ServeHTTP implements http.Handler.
func (h *route) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x, back := h.owner.enter(w, r, h)
	returned := false
	defer func() {
		if !returned {
			x.Abandon(back)
		}
	}()
	h.serve(x)
	returned = true
	x.Leave(back)
}

func (h *route) serve(x *stream.Exchange) {
	keep := snapshot(x.Writer())
	if !x.PanicsCaught() {
		defer func() {
			if v := recover(); v != nil {
				answerPanic(x, v, nil, keep)
			}
		}()
	}
	status := h.hook.Handle(x.Stream(), x.Context())
	switch err := x.BodyBreach(); {
	case err != nil && !x.Answered():
		x.RefuseHere(err, keep)
	case status == hooks.Continue:
		x.Answer()
	default:
		x.AnswerRejected()
	}
}

// Hook returns next as a hook, so that an ordinary handler can be a link of a Chain.
// It continues when next has returned; the response is then answered, if only with
// the empty 200 that net/http sends for a handler that writes nothing. Hook panics if
// next is nil.
func Hook(next http.Handler) hooks.ServerHook {
	if next == nil {
		panic("adapter.Hook: next is nil")
	}
	return hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		x := c.Exchange()
		w, done := x.Intercept(x.Writer(), nil)
		x.Publish(w)
		returned := false
		defer func() { done(returned) }()
		next.ServeHTTP(w, c.Request())
		if !x.Answered() {
			w.WriteHeader(http.StatusOK)
		}
		returned = true
		return hooks.Continue
	})
}

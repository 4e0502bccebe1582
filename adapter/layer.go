package adapter

import (
	"net/http"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// A Layer is a set of hooks and limits for one part of a tree of handlers. Package
// middleware is made of it, and so is [Adapter.Wrap]. The zero Layer does nothing.
type Layer struct {
	// Limits bounds requests; it can only be stricter than limits further out.
	Limits stream.RequestConfig
	// Request hooks run before the handler, Response hooks just before the final
	// head of the response is sent, those of inner layers first.
	Request, Response hooks.Chain
	// RequestError hooks run for a request that breaches a limit within this
	// layer, and for one that cannot be parsed on a connection that was taken over
	// within it; inner layers first, until one has answered or rejects.
	RequestError hooks.Chain
	// TaskPanic hooks run when a hook or handler within this layer has panicked.
	// The panic goes no further, unless it is http.ErrAbortHandler or the response
	// had begun: then http.ErrAbortHandler goes on and ends the connection.
	TaskPanic hooks.Chain
}

// Handler returns next with l around it. Where no [Adapter] is around, an Adapter
// with default options, which ends with its http.Server, takes connections over.
func (l Layer) Handler(next http.Handler) http.Handler {
	if next == nil {
		panic("adapter.Layer.Handler: next is nil")
	}
	return &wrapped{owner: (*owner)(New(nil)), layer: l, next: next}
}

// wrapped is a handler with a layer around it.
type wrapped struct {
	owner *owner
	layer Layer
	next  http.Handler
	bare  bool // layer does nothing
	eager bool
}

// empty reports whether l does nothing.
func (l *Layer) empty() bool {
	return l.Limits == (stream.RequestConfig{}) &&
		len(l.Request)+len(l.Response)+len(l.RequestError)+len(l.TaskPanic) == 0
}

// ServeHTTP implements http.Handler.
func (h *wrapped) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.bare && stream.Entered(r) {
		h.next.ServeHTTP(w, r)
		return
	}
	x, back := h.owner.enter(w, r, h)
	if back.First && h.owner.counts {
		h.owner.carried.Add(1)
		defer h.owner.carried.Add(-1)
	}
	returned := false
	defer func() {
		switch {
		case returned:
		case back.First && x.Observed(): // who further out would log it is not seen
			v := recover()
			seePanic(x, v)
			x.Abandon(back)
			if v != nil {
				panic(v)
			}
		default:
			x.Abandon(back)
		}
	}()
	if back.First && h.owner.crowd != nil {
		done, ok := h.owner.admit(x)
		defer done()
		if !ok {
			returned = true
			x.Leave(back)
			return
		}
	}
	if h.eager && back.First && r.ProtoMajor == 1 && !r.Close {
		_ = x.TakeOver() // where it is impossible the exchange goes on without
	}
	if h.bare { // without the stack that the layers between would need
		w := x.Writer()
		x.Publish(w)
		h.next.ServeHTTP(w, x.Request())
	} else {
		h.layer.serve(x, h.next)
	}
	returned = true
	x.Leave(back)
}

// serve runs l's hooks and next.
func (l *Layer) serve(x *stream.Exchange, next http.Handler) {
	if run := runner(l.RequestError); run != nil {
		defer x.OnRequestError(run)()
	}
	if len(l.TaskPanic) > 0 {
		defer l.catch(x, snapshot(x.Writer()), x.CatchesPanics())
	}
	var keep http.Header
	if l.Limits != (stream.RequestConfig{}) {
		keep = snapshot(x.Writer())
		if err := x.Limit(l.Limits); err != nil {
			x.RefuseHere(err, keep)
			return
		}
	}
	if len(l.Request) > 0 && l.Request.Run(x.Stream(), x.Context()) != hooks.Continue {
		x.AnswerRejected()
		return
	}
	l.pass(x, next)
	if err := x.BodyBreach(); err != nil && l.Limits.MaxBodySize > 0 && !x.Answered() {
		x.RefuseHere(err, keep)
	}
}

// pass gives the request to next.
func (l *Layer) pass(x *stream.Exchange, next http.Handler) {
	w := x.Writer()
	x.Publish(w)
	if len(l.Response) == 0 && len(l.TaskPanic) == 0 && l.Limits.MaxBodySize <= 0 {
		next.ServeHTTP(w, x.Request())
		return
	}
	w, done := x.Intercept(w, runner(l.Response))
	returned := false
	defer func() { done(returned) }()
	next.ServeHTTP(w, x.Request())
	returned = x.BodyBreach() == nil
}

// snapshot returns what layers further out have put into the header, so that an
// error answer can start from it. It is not to be changed.
func snapshot(w http.ResponseWriter) http.Header {
	if h := w.Header(); len(h) > 0 {
		return h.Clone()
	}
	return noFields
}

var noFields = http.Header{}

package stream

import (
	"fmt"
	"net/http"
	"reflect"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

var errInside = fmt.Errorf("%w: the response goes through the writers around the hook", ErrNotRaw)

// StayInside makes the Stream send through the http.ResponseWriter, and so through the
// writers that middleware has put around it, even where the connection could be taken
// over. It has no effect once the Stream is open.
func (x *Exchange) StayInside() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.inside = true
}

// Wrapped reports whether a writer that is neither this module's nor net/http's own
// stands between the hook and the connection. What is sent on a connection that was
// taken over goes past such a writer: [Exchange.StayInside] sends through it.
func (x *Exchange) Wrapped() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return foreign(x.w, nil)
}

// foreign reports whether a writer of somebody else's stands between w and below; nil
// is the connection.
func foreign(w, below http.ResponseWriter) bool {
	for below == nil || !sameWriter(w, below) {
		if l, ok := w.(interface{ layer() *layerWriter }); ok {
			w = l.layer().ResponseWriter
			continue
		}
		if _, ok := w.(*http1.ResponseWriter); ok {
			return below != nil
		}
		return below != nil || reflect.TypeOf(w).String() != "*http.response"
	}
	return false
}

func (l *layerWriter) layer() *layerWriter { return l }

// closeInside closes a Stream that sends through a writer which the layer above back
// does not have: that writer's middleware is about to end.
func (x *Exchange) closeInside(back Layer) {
	x.mu.Lock()
	out, sink := x.out, x.sink
	x.mu.Unlock()
	if out == nil || sink == nil || !foreign(sink.w, back.w) {
		return
	}
	out.Locked(func() { x.follower.Closed = ErrClosed })
	_ = out.Flush() // the end of the exchange finds the reason
	out.Settle()
}

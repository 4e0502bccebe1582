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

// closeInside closes a Stream that is to stay inside of a writer which the layer that goes
// on with w does not have: what would be sent later must not go past that writer.
func (x *Exchange) closeInside(w http.ResponseWriter) {
	x.mu.Lock()
	out, sink := x.out, x.sink
	stays := x.inside
	x.mu.Unlock()
	if stays && sink != nil && foreign(sink.w, w) {
		out.Locked(func() { x.follower.Closed = ErrClosed })
	}
}

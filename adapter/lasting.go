package adapter

import (
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/onramp-go/onramp/stream"
)

// A lasting is an event stream or a WebSocket that goes on under the adapter, whatever
// carries it, or an exchange that was tagged and may have one. The adapter's mu guards
// what changes.
type lasting struct {
	grip   *stream.Grip // on what it began in
	server *http.Server // nil: none, as in a test that records
	kind   stream.Kind
	end    func(reason error)
	timer  *time.Timer // set once it was told to end by a shutdown
	tags   *tags       // nil: none
	going  bool        // it has begun, and is not done
	served bool        // it was tagged by handlers that have not returned
}

// lastingKey is where an exchange has its lasting.
var lastingKey = stream.NewKey[*lasting]("adapter lasting")

// Lasts keeps what goes on until it is done, so that Shutdown can end it.
func (o *owner) Lasts(x *stream.Exchange, kind stream.Kind, end func(reason error)) (done func()) {
	l, known := lastingKey.Get(x.Context())
	grip, server := x.Grip(), x.Server() // before mu: a takeover asks for it with the exchange's lock in hand
	o.mu.Lock()
	switch {
	case !known:
		l = &lasting{}
		defer lastingKey.Set(x.Context(), l)
	case l.going: // it is not the only one
		l = &lasting{tags: l.tags.clone()}
		o.index(l)
	}
	l.grip, l.server, l.kind, l.end, l.timer, l.going = grip, server, kind, end, nil, true
	o.lasting[l] = struct{}{}
	if d := o.servers[l.server]; o.stopping.Load() || d != nil && d.on {
		l.part(0)
	}
	late := o.cut
	closed, reason := l.tags.verdict()
	o.mu.Unlock()
	switch {
	case late != nil:
		x.Sever(late)
	case closed:
		end(reason)
	}
	return func() { o.done(l) }
}

func (o *owner) done(l *lasting) {
	o.mu.Lock()
	defer o.mu.Unlock()
	l.going = false
	delete(o.lasting, l)
	if l.timer != nil {
		l.timer.Stop()
	}
	o.untag(l)
	o.wake()
}

// part has l end at a random moment within window: clients that all left at once would
// all come back at once. The adapter's mu is held.
func (l *lasting) part(window time.Duration) {
	if l.timer != nil {
		return
	}
	wait := time.Duration(0)
	if window > 0 {
		wait = rand.N(window)
	}
	end := l.end
	l.timer = time.AfterFunc(wait, func() { end(nil) })
}

// partAll ends all that goes on under srv, nil: anywhere, within the drain window.
func (a *Adapter) partAll(srv *http.Server) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for l := range a.lasting {
		if srv == nil || l.server == srv {
			l.part(a.opts.DrainWindow)
		}
	}
}

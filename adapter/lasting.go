package adapter

import (
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/onramp-go/onramp/stream"
)

// A lasting is an event stream or a WebSocket that goes on under the adapter, whatever
// carries it.
type lasting struct {
	x      *stream.Exchange // that it began in
	server *http.Server     // nil: none, as in a test that records
	kind   stream.Kind
	end    func()
	timer  *time.Timer // set once it was told to end; guarded by the adapter's mu
}

// Lasts keeps what goes on until it is done, so that Shutdown can end it.
func (o *owner) Lasts(x *stream.Exchange, kind stream.Kind, end func()) (done func()) {
	l := &lasting{x: x, server: x.Server(), kind: kind, end: end}
	o.mu.Lock()
	o.lasting[l] = struct{}{}
	if d := o.servers[l.server]; o.stopping.Load() || d != nil && d.on {
		l.part(0)
	}
	late := o.cut
	o.mu.Unlock()
	if late != nil {
		x.Sever(late)
	}
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.lasting, l)
		if l.timer != nil {
			l.timer.Stop()
		}
		o.wake()
	}
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
	l.timer = time.AfterFunc(wait, l.end)
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

package adapter

import (
	"context"
	"net"
	"net/http"

	"github.com/onramp-go/onramp/stream"
)

type connContext = func(context.Context, net.Conn) context.Context

// withRecord returns next, which may be nil, with a record of what it made.
func withRecord(next connContext) connContext {
	return func(ctx context.Context, conn net.Conn) context.Context {
		kept := ctx.Value(keptKey{}) != nil
		if next != nil {
			ctx = next(ctx, conn)
		}
		return &record{ctx, kept || next != nil}
	}
}

// keptKey is that of a value in the context of a listener that may keep its connections.
type keptKey struct{}

// withListener returns next, which may be nil, with what is known of the listener.
func withListener(next func(net.Listener) context.Context) func(net.Listener) context.Context {
	return func(l net.Listener) context.Context {
		ctx := context.Background()
		if next != nil {
			ctx = next(l)
		}
		if ctx == nil || discreet(l) { // net/http panics for want of one
			return ctx
		}
		return context.WithValue(ctx, keptKey{}, true)
	}
}

// enter begins or joins the exchange of r for the layer whose handler is self.
func (o *owner) enter(w http.ResponseWriter, r *http.Request, self http.Handler) (*stream.Exchange, stream.Layer) {
	ctx := r.Context()
	server, _ := ctx.Value(http.ServerContextKey).(*http.Server)
	root := server != nil && server.Handler == self
	x, back := stream.Enter(w, r, o, root)
	if !back.First {
		return x, back
	}
	if server != nil && o.tied.Load() != server {
		// Before anything is taken over: a Shutdown of the server that has begun
		// calls nobody who registers later.
		o.mu.Lock()
		(*Adapter)(o).tie(server)
		o.mu.Unlock()
		o.tied.Store(server)
	}
	if rec, ok := ctx.Value(recordKey{}).(*record); ok {
		x.SetBase(rec.Context, rec.shown)
	}
	return x, back
}

package adapter

import (
	"context"
	"net/http"

	"github.com/onramp-go/onramp/stream"
)

// Shutdown ends the connections that were taken over under a: those that are idle at
// once, the others after the response they are at, which says Connection: close if
// it has not begun. Event streams and WebSockets end by their own protocols, each at a
// random moment within [Options.DrainWindow]. Shutdown returns nil when all are closed.
// When ctx ends first, the rest is cut, over HTTP/2 too, and the error is a
// [*ShutdownError] that counts it and matches ctx's. No connection is taken over any more
// from the call on.
//
// Call it beside http.Server.Shutdown, which sees to the rest.
func (a *Adapter) Shutdown(ctx context.Context) error {
	a.mu.Lock()
	a.stopping.Store(true)
	a.mu.Unlock()
	a.drain(nil)
	a.partAll(nil)
	for {
		a.mu.Lock()
		if len(a.conns) == 0 && a.reserved == 0 && len(a.lasting) == 0 {
			a.mu.Unlock()
			return nil
		}
		if a.changed == nil {
			a.changed = make(chan struct{})
		}
		changed := a.changed
		a.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return a.cutAll(ctx.Err())
		}
	}
}

// tie has srv's Shutdown drain the connections taken from it. mu is held.
func (a *Adapter) tie(srv *http.Server) *draining {
	d := a.servers[srv]
	if d == nil {
		d = &draining{}
		a.servers[srv] = d
		srv.RegisterOnShutdown(func() {
			a.mu.Lock()
			d.on = true
			a.mu.Unlock()
			a.drain(srv)
			a.partAll(srv)
		})
	}
	return d
}

// drain closes the idle connections of srv, nil: of all, and makes the others close
// behind the request they are at.
func (a *Adapter) drain(srv *http.Server) {
	conns := a.list(srv)
	for _, c := range conns { // all of them, before the first one shows that it has begun
		c.CloseAfter()
	}
	for _, c := range conns {
		c.CloseIdle()
	}
}

func (a *Adapter) list(srv *http.Server) []*stream.Conn {
	a.mu.Lock()
	defer a.mu.Unlock()
	conns := make([]*stream.Conn, 0, len(a.conns))
	for c := range a.conns {
		if srv == nil || c.Server() == srv {
			conns = append(conns, c)
		}
	}
	return conns
}

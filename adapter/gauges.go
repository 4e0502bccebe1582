package adapter

import "github.com/onramp-go/onramp/stream"

// Gauges returns what goes on under a at the moment. It looks at each connection, so it is
// for a page or a metrics reader and not for each request. Any goroutine may call it.
func (a *Adapter) Gauges() stream.Gauges {
	var g stream.Gauges
	for _, c := range a.list(nil) {
		c.Gauge(&g)
	}
	g.HTTP2 = a.http2.Load()
	g.Conns += g.HTTP2
	a.mu.Lock()
	defer a.mu.Unlock()
	for l := range a.lasting {
		switch l.kind {
		case stream.KindEvents:
			g.EventStreams++
		case stream.KindWebSocket:
			g.WebSockets++
		}
	}
	return g
}

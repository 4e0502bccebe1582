package stream

import "net/http"

// A Kind names what may be under way on a connection, for reports of what a shutdown
// had to cut.
type Kind string

// The kinds there are. Others may be made, for [Exchange.Lasts].
const (
	KindRequest   Kind = "request"             // and its answer
	KindEvents    Kind = "event stream"        //
	KindWebSocket Kind = "WebSocket"           //
	KindIdle      Kind = "idle connection"     // without a request, or with a part of its head
	KindHijacked  Kind = "hijacked connection" // given to a handler by Hijack
)

// Kind says what the connection is at: KindRequest, KindIdle, KindHijacked, "" when it
// is closed; KindEvents where a response goes on behind its handlers, and KindWebSocket
// behind a 101. Any goroutine may call it.
func (c *Conn) Kind() Kind {
	switch {
	case c.away.Load():
		return KindHijacked
	case c.state.Load() == connClosed:
		return ""
	case c.upgraded.Load() != nil:
		return KindWebSocket
	case c.feed.Load() != nil:
		return KindEvents
	case c.at.Load() == nil:
		return KindIdle
	}
	return KindRequest
}

// Server returns the server that x's request came to, nil if there is none, as in a
// test that records.
func (x *Exchange) Server() *http.Server { return serverOf(x.received) }

// Owner returns who answers for the exchange.
func (x *Exchange) Owner() Owner { return x.owner }

package stream

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Accept makes rwc, which nobody has served yet, a Conn whose first request the
// caller's keep-alive loop reads: for a server of its own, as takeOver is for one of
// net/http's. early was read from rwc before, since says when it was
// accepted. server has the settings, and the
// handler; it must not be nil, nor change any more. base is what the contexts of all
// requests derive from, and ends them when it ends; http.LocalAddrContextKey need not be
// in it. shown says that the application
// knows rwc, and may close it. If rwc speaks TLS the handshake is over.
//
// owner has been asked to Reserve, and is told that the Conn has opened before Accept
// returns. The caller owns the Conn: [Conn.Serve] is its first call.
func Accept(rwc net.Conn, early []byte, since time.Time, owner Owner, server *http.Server, base context.Context, shown bool) *Conn {
	c := newConn(rwc, remoteAddr(rwc), early, owner, server, base, shown, !shown)
	c.born, c.accepted, c.greeted = since, true, len(early) > 0
	owner.Opened(c)
	return c
}

// A StateOwner is an [Owner] that wants to know what http.Server.ConnState reports of
// its connections: StateActive when bytes of a request have been read, StateIdle when
// its answer is out and the connection is kept. The end is told by Closed.
type StateOwner interface {
	Owner
	State(c *Conn, state http.ConnState)
}

// tell tells the owner of a change, if anybody listens.
func (c *Conn) tell(state http.ConnState) {
	if c.server.ConnState != nil {
		c.tellState(state)
	}
}

func (c *Conn) tellState(state http.ConnState) {
	if c.owner.Settings().Discreet {
		return
	}
	if o, ok := c.owner.(StateOwner); ok {
		o.State(c, state)
	}
}

// Net returns the network connection as it was accepted, for http.Server.ConnState.
func (c *Conn) Net() net.Conn { return c.wire.Net() }

// Hijacked reports whether a handler was given the connection.
func (c *Conn) Hijacked() bool { return c.away.Load() }

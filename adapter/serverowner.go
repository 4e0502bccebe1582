package adapter

import (
	"net"
	"net/http"

	"github.com/onramp-go/onramp/stream"
)

// serverOwner is the Server as its connections see it.
type serverOwner struct {
	*owner
	server *Server
}

// KeepAlives implements [stream.Owner].
func (o *serverOwner) KeepAlives() bool {
	return o.owner.KeepAlives() && !o.server.noKeepAlives.Load()
}

// Closed implements [stream.Owner].
func (o *serverOwner) Closed(c *stream.Conn) {
	o.owner.Closed(c)
	state := http.StateClosed
	if c.Hijacked() {
		state = http.StateHijacked
	}
	o.server.tell(c.Net(), state)
}

// State implements [stream.StateOwner].
func (o *serverOwner) State(c *stream.Conn, state http.ConnState) { o.server.tell(c.Net(), state) }

// tell tells the application of conn's state, and, at its end, who counts connections.
func (s *Server) tell(conn net.Conn, state http.ConnState) {
	if w := s.adapter.crowd; w != nil && (state == http.StateClosed || state == http.StateHijacked) {
		w.leave(addrOf(conn.RemoteAddr()))
	}
	if s.ConnState != nil {
		s.ConnState(conn, state)
	}
}

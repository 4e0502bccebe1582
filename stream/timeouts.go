package stream

import (
	"net/http"
	"time"
)

// timeouts are how long a connection waits for its client; zero bounds nothing.
type timeouts struct {
	header term          // for the head of a request
	whole  time.Duration // for all of a request
	idle   term          // for the next one
}

// timeouts returns those of a connection of server.
func (s *Settings) timeouts(server *http.Server) (t timeouts) {
	t.whole = server.ReadTimeout
	if s.Request.ReadTimeout != 0 {
		t.whole = s.Request.ReadTimeout
	}
	header := server.ReadHeaderTimeout
	if header == 0 || t.whole > 0 && t.whole < header {
		header = t.whole
	}
	if header == 0 {
		header = s.HeaderTimeout
	}
	idle := s.IdleTimeout
	switch {
	case server.IdleTimeout != 0:
		idle = server.IdleTimeout
	case server.ReadTimeout != 0:
		idle = server.ReadTimeout
	}
	t.header, t.idle = newTerm(header), newTerm(idle)
	return t
}

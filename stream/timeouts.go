package stream

import (
	"net/http"
	"time"
)

// timeouts are how long a connection waits for its client; zero bounds nothing.
type timeouts struct {
	header time.Duration // for the head of a request
	whole  time.Duration // for all of a request
	idle   time.Duration // for the next one
}

// timeouts returns those of a connection of server.
func (s *Settings) timeouts(server *http.Server) (t timeouts) {
	t.whole = server.ReadTimeout
	if s.Request.ReadTimeout != 0 {
		t.whole = s.Request.ReadTimeout
	}
	t.header = server.ReadHeaderTimeout
	if t.header == 0 || t.whole > 0 && t.whole < t.header {
		t.header = t.whole
	}
	if t.header == 0 {
		t.header = s.HeaderTimeout
	}
	switch {
	case server.IdleTimeout != 0:
		t.idle = server.IdleTimeout
	case server.ReadTimeout != 0:
		t.idle = server.ReadTimeout
	default:
		t.idle = s.IdleTimeout
	}
	return t
}

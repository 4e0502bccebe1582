package stream

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A connection is a Conn with what it is made of: all of it lives equally long, and one
// allocation is cheaper than five.
type connection struct {
	Conn
	carrier http1.Conn
	values  connContext
}

// newConn makes rwc, whose client is called remote, a Conn. shown says that the
// application knows rwc by itself, and may close it; sole, that it is known not to.
func newConn(rwc net.Conn, remote string, early []byte, owner Owner, server *http.Server, base context.Context, shown, sole bool) *Conn {
	set, now := owner.Settings(), time.Now()
	made := new(connection)
	c := &made.Conn
	made.values.init(base, server, rwc.LocalAddr())
	c.wire, c.base = &made.carrier, &made.values
	c.owner, c.server, c.remote, c.id, c.born = owner, server, remote, lastConn.Add(1), now
	if t, ok := rwc.(interface{ ConnectionState() tls.ConnectionState }); ok {
		state := t.ConnectionState()
		c.tls = &state
	}
	c.seen = newWitness(set.Observer, server)
	times := set.timeouts(server)
	c.bounds = share(bounds{wireLimits(set.Request, server), times, times.whole > 0 || server.WriteTimeout > 0})
	if set.Request != (RequestConfig{}) {
		c.request = &set.Request
	}
	write := newTerm(set.writeTimeout(server))
	c.wire.Init(rwc, http1.Config{
		Early: early, BufferSize: set.Request.BufferSize, QueueSize: set.QueueSize,
		Timeout: write.Duration, Sweeps: int32(write.sweeps),
		Gone: c.gone, Shared: shown || server.ConnState != nil && !set.Discreet, Sole: sole, Meter: c.seen.inbound(),
	})
	c.wire.Out.SetDeadline(after(now, server.WriteTimeout))
	return c
}

// bounds are what the requests of a connection must keep to. They never change.
type bounds struct {
	limits http1.Limits
	times  timeouts
	timed  bool // a request, or its response, has a deadline
}

// lastBounds are those of the last connection, as a rule of all.
var lastBounds atomic.Pointer[bounds]

// share returns b in memory that connections share where they can.
func share(b bounds) *bounds {
	if last := lastBounds.Load(); last != nil && *last == b {
		return last
	}
	own := new(bounds)
	*own = b
	lastBounds.Store(own)
	return own
}

// remoteAddr returns the client's address as http.Request has it.
func remoteAddr(rwc net.Conn) string {
	addr := rwc.RemoteAddr()
	if addr == nil {
		return ""
	}
	return addr.String()
}

// DefaultWriteTimeout bounds a write where neither Settings nor the server does.
const DefaultWriteTimeout = 30 * time.Second

func (s *Settings) writeTimeout(server *http.Server) time.Duration {
	switch {
	case s.WriteTimeout != 0:
		return max(s.WriteTimeout, 0)
	case server != nil && server.WriteTimeout > 0:
		return server.WriteTimeout
	}
	return DefaultWriteTimeout
}

func wireLimits(cfg RequestConfig, server *http.Server) http1.Limits {
	head := server.MaxHeaderBytes
	if head <= 0 {
		head = http.DefaultMaxHeaderBytes
	}
	return http1.Limits{
		Path: max(cfg.MaxPathSize, 0), HeaderCount: max(cfg.MaxHeaderCount, 0),
		HeaderName: max(cfg.MaxHeaderKeySize, 0), HeaderValue: max(cfg.MaxHeaderValueSize, 0),
		Head: head + 4096, // the slop that net/http allows
	}
}

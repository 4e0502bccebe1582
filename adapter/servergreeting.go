package adapter

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/onramp-go/onramp/stream"
)

// A greeting is the time from which a connection is accepted until it is known what it
// speaks and from where, where that is to be found out. It runs on a goroutine of its own, which a
// time-out bounds, and which Shutdown and Close end.
type greeting struct {
	*serving
	rwc      net.Conn
	since    time.Time       // it was accepted
	ctx      context.Context // of the connection
	passed   bool            // somebody else has the connection
	reserved bool            // it counts as about to be opened; see stream.Owner
	entered  bool            // it counts among those from its address
}

// serve finds out what g's connection speaks, and gives it to whoever serves that.
func (g *greeting) serve() {
	g.reserved = true
	defer g.end()
	if !g.entered && !g.enter(g.rwc) {
		return
	}
	g.entered = true
	if conn, ok := g.rwc.(*tls.Conn); ok {
		g.handshake(conn)
		return
	}
	if g.protocols.UnencryptedHTTP2() {
		g.preface()
	} else if g.protocols.HTTP1() {
		g.engage(nil)
	}
}

// end closes a connection that nobody has taken, after a panic of a callback or
// runtime.Goexit in it, too.
func (g *greeting) end() {
	if v := recover(); v != nil && v != http.ErrAbortHandler {
		g.logf("http: panic serving %v: %v\n%s", g.rwc.RemoteAddr(), v, debug.Stack())
	}
	if !g.passed {
		_ = g.rwc.Close()
		g.leave(g.rwc, g.entered)
	}
	g.forget(g)
	if g.reserved {
		g.owner.Unreserve()
	}
	g.greetings.Done()
}

// engage gives the connection to the engine. Its goroutine is new: a handshake leaves a
// large stack.
func (g *greeting) engage(early []byte) {
	g.passed, g.reserved = true, false
	since := g.since
	if _, secure := g.rwc.(*tls.Conn); secure {
		since = time.Now() // the handshake had its own time
	}
	c := stream.Accept(g.rwc, early, since, g.owner, &g.inner, g.ctx, g.shown)
	g.forget(g) // the adapter has it: a Shutdown must let it finish
	go g.owner.begin(c)
}

// hand gives conn, which is the connection, to the inner server.
func (g *greeting) hand(conn net.Conn) {
	g.forget(g) // the inner server's Shutdown lets it finish
	g.beginObserved(conn)
	if g.passed = g.handOver(&g.feed, conn, g.ctx); !g.passed {
		g.endObserved(conn)
	}
}

// handshake does the TLS handshake. A client that does not speak TLS but HTTP is told.
func (g *greeting) handshake(conn *tls.Conn) {
	if d := g.handshakeTimeout(); d > 0 {
		_ = conn.SetDeadline(time.Now().Add(d))
	}
	if err := conn.HandshakeContext(context.WithValue(g.ctx, http.LocalAddrContextKey, conn.LocalAddr())); err != nil {
		reason := err.Error()
		if bad, ok := err.(tls.RecordHeaderError); ok && bad.Conn != nil && beginsHTTP(bad.RecordHeader[:]) {
			reason = "client sent an HTTP request to an HTTPS server"
			answerPlain(bad.Conn)
		}
		if !g.stopping.Load() {
			g.logf("http: TLS handshake error from %s: %v", conn.RemoteAddr(), reason)
			g.observeRefusal(conn, &stream.RequestError{Op: "TLS handshake", Err: err})
		}
		return
	}
	_ = conn.SetDeadline(time.Time{})
	switch proto := conn.ConnectionState().NegotiatedProtocol; proto {
	case "h2":
		if g.protocols.HTTP2() {
			g.hand(conn)
		}
	case "", "http/1.1", "http/1.0":
		if g.protocols.HTTP1() {
			g.engage(nil)
		}
	default:
		if g.TLSNextProto[proto] != nil {
			g.hand(conn)
		}
	}
}

// handshakeTimeout returns the time for a handshake, not positive: no bound.
func (s *Server) handshakeTimeout() time.Duration {
	least := time.Duration(0)
	for _, d := range []time.Duration{s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout} {
		if d > 0 && (least == 0 || d < least) {
			least = d
		}
	}
	if least == 0 {
		return s.adapter.settings.HeaderTimeout
	}
	return least
}

// beginsHTTP reports whether the first five bytes are those of an HTTP/1.x request,
// not of a TLS record.
func beginsHTTP(header []byte) bool {
	switch string(header) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO":
		return true
	}
	return false
}

// answerPlain tells a client that this port speaks TLS. It reads on for a moment,
// because a close with unread input would take the answer away.
func answerPlain(conn net.Conn) {
	const wait, most = 500 * time.Millisecond, 256 << 10
	_ = conn.SetDeadline(time.Now().Add(wait))
	_, err := io.WriteString(conn, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
	if half, ok := conn.(interface{ CloseWrite() error }); err == nil && ok && half.CloseWrite() == nil {
		_, _ = io.CopyN(io.Discard, conn, most)
	}
}

// prefaceHTTP2 is what an HTTP/2 client sends first (RFC 9113, section 3.4).
var prefaceHTTP2 = []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

// preface reads until the connection differs from one that speaks HTTP/2. What it
// read goes with the connection.
func (g *greeting) preface() {
	if d := g.headTimeout(); d > 0 {
		_ = g.rwc.SetReadDeadline(time.Now().Add(d))
	}
	p := make([]byte, 0, len(prefaceHTTP2))
	for len(p) < len(prefaceHTTP2) && bytes.HasPrefix(prefaceHTTP2, p) {
		n, err := g.rwc.Read(p[len(p):cap(p)])
		p = p[:len(p)+n]
		if err != nil {
			break // whoever serves the connection meets it again
		}
	}
	switch {
	case bytes.Equal(p, prefaceHTTP2):
		_ = g.rwc.SetReadDeadline(time.Time{})
		g.hand(&replayed{g.rwc, p})
	case len(p) > 0 && g.protocols.HTTP1():
		g.engage(p)
	}
}

// headTimeout returns the time for the head of a first request, not positive: no
// bound.
func (s *Server) headTimeout() time.Duration {
	whole := s.ReadTimeout
	if t := s.adapter.settings.Request.ReadTimeout; t != 0 {
		whole = t
	}
	d := s.ReadHeaderTimeout
	if d == 0 || whole > 0 && whole < d {
		d = whole
	}
	if d == 0 {
		d = s.adapter.settings.HeaderTimeout
	}
	return d
}

// A replayed connection returns rest before it reads on.
type replayed struct {
	net.Conn
	rest []byte
}

// Read implements net.Conn.
func (c *replayed) Read(p []byte) (int, error) {
	if len(c.rest) > 0 {
		n := copy(p, c.rest)
		c.rest = c.rest[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

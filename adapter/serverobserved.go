package adapter

import (
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	"github.com/onramp-go/onramp/stream"
)

// An observedConn is a connection that the inner server serves, as the Observer knows it.
type observedConn struct {
	info  stream.ConnInfo
	since time.Time
}

// beginObserved tells the Observer of a connection that goes to the inner server.
func (s *Server) beginObserved(conn net.Conn) {
	if s.adapter.opts.Observer == nil {
		return
	}
	c := observedConn{stream.ConnInfo{ID: stream.NewConnID(), RemoteAddr: remoteOf(conn), Accepted: true, HTTP2: true}, time.Now()}
	s.observed.Store(conn, c)
	s.adapter.http2.Add(1)
	s.observe(func(o stream.Observer) { o.ConnOpened(c.info) })
}

// endObserved tells the Observer that it is closed.
func (s *Server) endObserved(conn net.Conn) {
	known, ok := s.observed.LoadAndDelete(conn)
	if !ok {
		return
	}
	c, end := known.(observedConn), stream.ConnEnd{Reason: stream.ClosedByServer}
	if s.stopping.Load() {
		end.Reason = stream.ClosedShutdown
	}
	end.Life = time.Since(c.since)
	s.adapter.http2.Add(-1)
	s.observe(func(o stream.Observer) { o.ConnClosed(c.info, end) })
}

// observeRefusal tells the Observer of a connection that has brought no request.
func (s *Server) observeRefusal(conn net.Conn, err *stream.RequestError) {
	if s.adapter.opts.Observer == nil {
		return
	}
	r := &http.Request{URL: &url.URL{}, Header: make(http.Header), Body: http.NoBody, RemoteAddr: remoteOf(conn)}
	s.observe(func(o stream.Observer) { o.Refused(stream.RequestInfo{Request: r}, err) })
}

// observe calls the Observer, whose panic goes no further.
func (s *Server) observe(tell func(stream.Observer)) {
	defer func() {
		if v := recover(); v != nil {
			s.logf("onramp: panic in an observer: %v\n%s", v, debug.Stack())
		}
	}()
	tell(s.adapter.opts.Observer)
}

func remoteOf(conn net.Conn) string {
	if addr := conn.RemoteAddr(); addr != nil {
		return addr.String()
	}
	return ""
}

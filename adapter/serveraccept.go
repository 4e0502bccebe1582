package adapter

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/onramp-go/onramp/stream"
)

// How long to wait when a connection could not be accepted for want of descriptors or
// memory, as in net/http: twice as long each time.
const (
	firstAcceptDelay = 5 * time.Millisecond
	mostAcceptDelay  = time.Second
)

// Serve accepts connections on l and serves each on a goroutine of its own. Where l
// returns *tls.Conn, HTTP/2 is spoken with clients that negotiated "h2", which is for
// the listener's tls.Config to offer.
//
// Serve closes l and returns an error that is never nil: http.ErrServerClosed after
// Shutdown or Close, else what l.Accept returned. An error of Accept that is temporary
// is logged, and Accept tried again after 5 ms to 1 s. Several listeners may be served
// at a time. Connections outlive an error of Serve.
//
// On Linux it is cheapest where l is a *net.TCPListener, or what [ServerConfig.Listen]
// has made. A connection that another listener returns is served with one more system
// call per request, because that listener may keep it, and close it under a handler.
func (s *Server) Serve(l net.Listener) error { return s.serve(l, false) }

// ServeTLS is [Server.Serve] over TLS. The certificate and its key are read from the
// files, which may be "" if TLSConfig has a certificate or a function that returns
// one. If they cannot be read l stays open.
func (s *Server) ServeTLS(l net.Listener, certFile, keyFile string) error {
	config := &tls.Config{}
	if s.TLSConfig != nil {
		config = s.TLSConfig.Clone()
	}
	config.NextProtos = offered(config.NextProtos, s.protocols())
	own := len(config.Certificates) > 0 || config.GetCertificate != nil || config.GetConfigForClient != nil
	if !own || certFile != "" || keyFile != "" {
		cert, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return err
		}
		config.Certificates = []tls.Certificate{cert}
	}
	return s.serve(tls.NewListener(l, config), true)
}

// offered returns next with the names of HTTP/1.1 and HTTP/2 (RFC 7301) in it that
// are in p, and without those that are not.
func offered(next []string, p http.Protocols) []string {
	next = slices.Clone(next)
	for _, proto := range []struct {
		name string
		on   bool
	}{{"h2", p.HTTP2()}, {"http/1.1", p.HTTP1()}} {
		switch has := slices.Contains(next, proto.name); {
		case has && !proto.on:
			next = slices.DeleteFunc(next, func(name string) bool { return name == proto.name })
		case !has && proto.on:
			next = append(next, proto.name)
		}
	}
	return next
}

// A serving is one call of Serve.
type serving struct {
	*Server
	ctx       context.Context // of the listener
	shown     bool            // the application may know the connections: see stream.Accept
	feed      feed            // to the inner server
	greetings sync.WaitGroup  // connections that may still be fed to it
	protocols http.Protocols
}

func (s *Server) serve(l net.Listener, secure bool) error {
	ln := &closeOnce{Listener: l}
	if !s.track(ln) {
		_ = ln.Close()
		return http.ErrServerClosed
	}
	defer s.untrack(ln)
	base := context.Background()
	if s.BaseContext != nil {
		if base = s.BaseContext(l); base == nil {
			panic("adapter.Server.Serve: BaseContext returned a nil context")
		}
	}
	v := &serving{Server: s, protocols: s.protocols(), shown: s.ConnContext != nil || !discreet(l)}
	v.ctx = context.WithValue(base, http.ServerContextKey, &s.inner)
	v.feed.init(l.Addr())
	if secure && v.protocols.HTTP2() {
		if err := s.startFeed(&v.feed); err != nil {
			return err
		}
	}
	defer func() {
		go func() {
			v.greetings.Wait() // each is bounded by the time for a handshake
			v.feed.close()
		}()
	}()
	return v.accept(ln)
}

// discreet reports whether l forgets the connections that it returns, so that nobody can
// close one but its server.
func discreet(l net.Listener) bool {
	if own, ok := l.(*tuner); ok {
		l = own.Listener
	}
	_, ok := l.(*net.TCPListener)
	return ok
}

// accept serves what ln accepts until it fails.
func (v *serving) accept(ln net.Listener) error {
	var delay time.Duration
	for {
		rwc, err := ln.Accept()
		if err == nil {
			delay = 0
			v.open(rwc)
			continue
		}
		if v.stopping.Load() {
			return http.ErrServerClosed
		}
		if t, ok := err.(interface{ Temporary() bool }); !ok || !t.Temporary() {
			return err
		}
		delay = min(max(2*delay, firstAcceptDelay), mostAcceptDelay)
		v.logf("http: Accept error: %v; retrying in %v", err, delay)
		select {
		case <-time.After(delay):
		case <-v.stopSignal():
		}
	}
}

// open begins to serve rwc.
func (v *serving) open(rwc net.Conn) {
	known := knowsPeer(rwc)
	if known && !v.enter(rwc) {
		_ = rwc.Close()
		return
	}
	ctx := v.ctx
	if v.ConnContext != nil {
		if ctx = v.ConnContext(ctx, rwc); ctx == nil {
			panic("adapter.Server.Serve: ConnContext returned a nil context")
		}
	}
	v.tell(rwc, http.StateNew)
	if !v.owner.Reserve() {
		_ = rwc.Close()
		v.leave(rwc, known)
		return
	}
	_, secure := rwc.(*tls.Conn)
	if known && !secure && v.protocols.HTTP1() && !v.protocols.UnencryptedHTTP2() {
		go v.owner.begin(stream.Accept(rwc, nil, time.Now(), v.owner, &v.inner, ctx, v.shown))
		return
	}
	v.greetings.Add(1)
	g := &greeting{serving: v, rwc: rwc, since: time.Now(), ctx: ctx, entered: known}
	if !v.greets(g) {
		_ = rwc.Close() // and the greeting finds out
	}
	go g.serve()
}

// knowsPeer reports whether RemoteAddr of rwc never waits. That of other connections
// may: where a proxy announces its clients, their addresses come with the first bytes.
func knowsPeer(rwc net.Conn) bool {
	if secure, ok := rwc.(*tls.Conn); ok {
		rwc = secure.NetConn()
	}
	switch rwc.(type) {
	case *net.TCPConn, *net.UnixConn:
		return true
	}
	return false
}

// enter counts rwc; false: it is one too many, and nothing was counted.
func (v *serving) enter(rwc net.Conn) bool {
	w := v.owner.crowd
	if w == nil || w.enter(addrOf(rwc.RemoteAddr())) {
		return true
	}
	stream.TurnAway(v.owner, &v.inner, remoteOf(rwc), ErrCrowded)
	return false
}

// leave tells that rwc, which nobody has served, is closed. entered says that it was
// counted.
func (v *serving) leave(rwc net.Conn, entered bool) {
	if entered {
		v.tell(rwc, http.StateClosed)
	} else if v.ConnState != nil {
		v.ConnState(rwc, http.StateClosed)
	}
}

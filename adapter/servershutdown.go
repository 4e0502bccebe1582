package adapter

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"sync"
)

// Shutdown closes the listeners, then the connections that are idle, and waits for the
// others, each of which ends with the request it is at. It returns nil when all are
// closed. When ctx ends first what is left is cut, and the error is, or wraps, a
// [*ShutdownError] that counts it and matches ctx's. A connection that was given to a handler
// by Hijack is the handler's. A client that has connected but sent no request counts as idle;
// one whose request has begun to arrive has its time for that, and one that has chosen HTTP/2
// over TLS the ten seconds that net/http gives it to begin.
//
// Serve and its like return http.ErrServerClosed at once; a program must wait for
// Shutdown before it ends. The Server cannot be used again.
func (s *Server) Shutdown(ctx context.Context) error {
	a, lost := s.stop()
	s.accepting.Wait()
	inner := make(chan error, 1)
	go func() { inner <- s.inner.Shutdown(ctx) }()
	var own error
	if a != nil {
		own = a.Shutdown(ctx)
	}
	if err := <-inner; err != nil { // ctx's; what is left is on HTTP/2
		if own == nil {
			own = a.cutAll(err)
		}
		_ = s.inner.Close()
	}
	return errors.Join(own, lost)
}

// Close closes the listeners and all connections at once, whatever happens on them,
// but for those given to a handler by Hijack. It does not wait for handlers, whose
// contexts end. It returns the first error of closing a listener. The Server cannot be
// used again.
func (s *Server) Close() error {
	a, lost := s.stop()
	if a != nil {
		a.mu.Lock()
		a.stopping.Store(true)
		a.mu.Unlock()
		a.cutAll(http.ErrServerClosed)
	}
	if err := s.inner.Close(); lost == nil {
		lost = err
	}
	return lost
}

// RegisterOnShutdown has Shutdown call f, on a goroutine of its own which Shutdown does
// not wait for. It is for connections that were given to handlers by Hijack.
func (s *Server) RegisterOnShutdown(f func()) { s.inner.RegisterOnShutdown(f) }

// SetKeepAlivesEnabled says whether connections are kept alive, as they are unless it
// is called. false closes those that are idle; the others say Connection: close in
// their next response.
func (s *Server) SetKeepAlivesEnabled(v bool) {
	s.noKeepAlives.Store(!v)
	s.inner.SetKeepAlivesEnabled(v)
	s.mu.Lock()
	a := s.adapter
	s.mu.Unlock()
	if v || a == nil {
		return
	}
	for _, c := range a.list(nil) {
		if c.Served() > 0 { // the first request is awaited, and answered
			c.CloseIdle()
		}
	}
}

// stop turns away what comes from now on. It returns the Adapter, nil if the Server
// never served, and the first error of closing a listener.
func (s *Server) stop() (a *Adapter, lost error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopping.Swap(true) && s.stopped != nil {
		close(s.stopped)
	}
	for ln := range s.listeners {
		if err := ln.Close(); err != nil && lost == nil {
			lost = err
		}
	}
	for g := range s.greeted {
		_ = g.rwc.Close()
	}
	return s.adapter, lost
}

// stopSignal returns a channel that is closed when the Server stops.
func (s *Server) stopSignal() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped == nil {
		s.stopped = make(chan struct{})
		if s.stopping.Load() {
			close(s.stopped)
		}
	}
	return s.stopped
}

// track begins a call of Serve; false: the Server has stopped.
func (s *Server) track(ln *closeOnce) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping.Load() {
		return false
	}
	s.prepare()
	if s.listeners == nil {
		s.listeners, s.greeted = make(map[*closeOnce]struct{}), make(map[*greeting]struct{})
	}
	s.listeners[ln] = struct{}{}
	s.accepting.Add(1)
	return true
}

func (s *Server) untrack(ln *closeOnce) {
	_ = ln.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, ln)
	s.accepting.Done()
}

// greets keeps g until it is forgotten; false: the Server has stopped.
func (s *Server) greets(g *greeting) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.greeted[g] = struct{}{}
	return !s.stopping.Load()
}

func (s *Server) forget(g *greeting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.greeted, g)
}

func (s *Server) logf(format string, args ...any) {
	if s.ErrorLog != nil {
		s.ErrorLog.Printf(format, args...)
		return
	}
	log.Printf(format, args...)
}

// closeOnce is a listener that two may close.
type closeOnce struct {
	net.Listener
	once sync.Once
	err  error
}

// Close closes the listener, and returns what that returned the first time.
func (l *closeOnce) Close() error {
	l.once.Do(func() { l.err = l.Listener.Close() })
	return l.err
}

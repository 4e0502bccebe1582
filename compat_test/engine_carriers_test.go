package compat_test

import (
	"context"
	"net"
	"net/http"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// An engine is a way to serve HTTP/1.x connections.
type engine struct {
	name string

	// warm has a good request go ahead of the input, for an engine which gets
	// connections from net/http at their first one.
	warm bool

	// start returns a server of h that is not serving yet.
	start func(h http.Handler, log *causes, set func(*http.Server)) server
}

// A server serves one listener until it is stopped.
type server struct {
	serve func(net.Listener) error
	stop  func()
}

// engines are compared with net/http, each with and without a warm request.
func engines() []engine {
	return []engine{
		{name: "Eager", warm: true, start: eager},
		{name: "Eager, first request", start: eager},
		{name: "Server", start: own},
	}
}

// stock is net/http's own server.
func stock(h http.Handler, _ *causes, set func(*http.Server)) server {
	srv := &http.Server{Handler: h, ErrorLog: quiet}
	set(srv)
	return server{serve: srv.Serve, stop: func() { srv.Close() }}
}

// eager is net/http's server with an adapter that takes over at the first request.
func eager(h http.Handler, log *causes, set func(*http.Server)) server {
	a := adapter.New(&adapter.Options{Takeover: adapter.Eager, RequestErrorHooks: log.hooks()})
	srv := &http.Server{Handler: a.Wrap(h), ErrorLog: quiet}
	set(srv)
	a.Register(srv)
	return server{serve: srv.Serve, stop: func() {
		srv.Close()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = a.Shutdown(ctx) // cuts what is left: that there is some is no failure
	}}
}

// own is the engine from the first byte of a connection.
func own(h http.Handler, log *causes, set func(*http.Server)) server {
	var like http.Server // carries the settings over, which have http.Server's names
	set(&like)
	srv := &adapter.Server{
		Handler: h, ErrorLog: quiet, Options: &adapter.Options{RequestErrorHooks: log.hooks()},
		ReadTimeout: like.ReadTimeout, ReadHeaderTimeout: like.ReadHeaderTimeout,
		WriteTimeout: like.WriteTimeout, IdleTimeout: like.IdleTimeout, MaxHeaderBytes: like.MaxHeaderBytes,
	}
	return server{serve: srv.Serve, stop: func() { _ = srv.Close() }}
}

// hooks return request-error hooks which only note why a request was refused. With
// a nil log there are none.
func (l *causes) hooks() hooks.Chain {
	if l == nil {
		return nil
	}
	return hooks.Chain{hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		l.add(c.RequestError().Err.Error())
		return hooks.Continue
	})}
}

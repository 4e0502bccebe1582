package clients_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A carrier is a way to serve the handlers of a service.
type carrier struct {
	name  string
	mode  adapter.Takeover
	own   bool // served by an adapter.Server
	http2 bool // over TLS, which offers HTTP/2
}

// carriers are those that carry both protocols. WebSockets are HTTP/1.1 on all of them.
func carriers() []carrier {
	return []carrier{
		{name: "OnDemand"},
		{name: "Eager", mode: adapter.Eager},
		{name: "Server", own: true},
		{name: "HTTP2", http2: true},
		{name: "Server HTTP2", own: true, http2: true},
	}
}

// proto is what event streams are served over.
func (c carrier) proto() string {
	if c.http2 {
		return "HTTP/2.0"
	}
	return "HTTP/1.1"
}

// scheme is that of the service's URLs.
func (c carrier) scheme() string {
	if c.http2 {
		return "https"
	}
	return "http"
}

// A server is an http.Server or an adapter.Server.
type server interface {
	Serve(l net.Listener) error
	ServeTLS(l net.Listener, certFile, keyFile string) error
	Shutdown(ctx context.Context) error
}

// serve serves handler on l until the test ends, and then fails it unless all
// connections end as they should.
func (c carrier) serve(t *testing.T, l net.Listener, handler http.Handler) {
	t.Helper()
	quiet := log.New(io.Discard, "", 0) // connections that are cut
	var srv server
	drain := func(context.Context) error { return nil }
	if c.own {
		srv = &adapter.Server{Handler: handler, ErrorLog: quiet, TLSConfig: certified(t)}
	} else {
		a := adapter.New(&adapter.Options{Takeover: c.mode})
		std := &http.Server{Handler: a.Wrap(handler), ErrorLog: quiet, TLSConfig: certified(t)}
		a.Register(std)
		srv, drain = std, a.Shutdown
	}
	served := make(chan error, 1)
	go func() {
		if c.http2 {
			served <- srv.ServeTLS(l, "", "")
		} else {
			served <- srv.Serve(l)
		}
	}()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		assert.NoError(t, srv.Shutdown(ctx), "server")
		assert.NoError(t, drain(ctx), "adapter")
		require.ErrorIs(t, <-served, http.ErrServerClosed)
	})
}

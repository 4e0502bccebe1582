package target

import (
	"context"
	"net"
	"net/http"

	"github.com/onramp-go/onramp/adapter"
)

// servers returns the targets that need adapter.Server.
func servers() []Target {
	return []Target{
		{Name: OnrampServer, Serve: func(ln net.Listener) error { return serveOwn(ln, http.HandlerFunc(plain)) }, Open: openOwn},
		{Name: ServerChi, Serve: func(ln net.Listener) error { return serveOwn(ln, chiRouter()) }, Open: openOwn},
	}
}

// serveOwn is the fourth rung: adapter.Server in the place of http.Server.
func serveOwn(ln net.Listener, h http.Handler) error {
	return (&adapter.Server{Handler: h, Options: &adapter.Options{}}).Serve(ln)
}

// openOwn returns a listener as that of adapter.Server.ListenAndServe.
func openOwn() (net.Listener, error) {
	return adapter.ServerConfig{Address: "127.0.0.1:0"}.Listen(context.Background())
}

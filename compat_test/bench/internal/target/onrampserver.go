package target

import (
	"net"
	"net/http"

	"github.com/onramp-go/onramp/adapter"
)

// servers returns the targets that need adapter.Server.
func servers() []Target {
	return []Target{
		{Name: OnrampServer, Serve: func(ln net.Listener) error { return serveOwn(ln, http.HandlerFunc(plain)) }},
		{Name: ServerChi, Serve: func(ln net.Listener) error { return serveOwn(ln, chiRouter()) }},
	}
}

// serveOwn is the fourth rung: adapter.Server in the place of http.Server.
func serveOwn(ln net.Listener, h http.Handler) error {
	return (&adapter.Server{Handler: h, Options: &adapter.Options{}}).Serve(ln)
}

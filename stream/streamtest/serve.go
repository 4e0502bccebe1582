package streamtest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
)

// A Server is what [Serve] serves: *http.Server and *adapter.Server are ones. Serve
// returns http.ErrServerClosed after Shutdown.
type Server interface {
	Serve(l net.Listener) error
	Shutdown(ctx context.Context) error
	Close() error
}

// A Service is a server with the network it listens on, made by [Serve].
type Service struct {
	// Log has what an *http.Server logs whose ErrorLog was nil. Any other server has a
	// log of its own.
	Log Log

	t       TB
	opts    Options
	network network
}

// Serve has srv serve a network that is as opts says, until the test ends: then srv has to
// shut down within Options.Patience and is closed. nil options select every default.
func Serve(t TB, srv Server, opts *Options) *Service {
	t.Helper()
	s := &Service{t: t, opts: opts.resolved()}
	var err error
	if s.network, err = s.opts.listen(); err != nil {
		t.Fatalf("streamtest.Serve: %v", err)
	}
	if std, ok := srv.(*http.Server); ok && std.ErrorLog == nil {
		std.ErrorLog = s.Log.Logger()
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(s.network.given()) }()
	t.Cleanup(func() {
		t.Helper()
		s.stop(srv)
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("streamtest.Serve: Serve ended with: %v", err)
		}
	})
	return s
}

// stop shuts srv down, and closes what it does not end in time.
func (s *Service) stop(srv Server) {
	s.t.Helper()
	ctx, cancel := context.Background(), func() {}
	if s.opts.Patience > 0 {
		ctx, cancel = context.WithTimeout(ctx, s.opts.Patience)
	}
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		s.t.Errorf("streamtest.Serve: Shutdown: %v", err)
	}
	_ = srv.Close() // whatever is left; an error says that nothing was
}

// Addr returns the address that the server listens on.
func (s *Service) Addr() net.Addr { return s.network.Addr() }

// Dial returns a client with a new connection, which is closed when the test ends.
func (s *Service) Dial() *Client {
	s.t.Helper()
	return s.DialFrom(netip.Addr{})
}

// DialFrom is [Service.Dial] for a client with the given address; over TCP it must be a
// loopback address that the system lets programs use. The zero Addr is any.
func (s *Service) DialFrom(ip netip.Addr) *Client {
	s.t.Helper()
	conn, err := s.network.connect(ip)
	if err != nil {
		s.t.Fatalf("streamtest.Service.Dial: %v", err)
	}
	return newClient(s.t, conn, s.opts)
}

// DialContext connects to the service, with the shape of http.Transport's field: an
// http.Client can use the service through it. Network and address are ignored.
func (s *Service) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return s.network.connect(netip.Addr{})
}

// Dial serves h with an http.Server until the test ends, and returns a client that is
// connected to it. nil options select every default. For more than one connection, or
// for another server, use [Serve].
func Dial(t TB, h http.Handler, opts *Options) *Client {
	t.Helper()
	return Serve(t, &http.Server{Handler: h}, opts).Dial()
}

package ws_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	chimw "github.com/go-chi/chi/v5/middleware"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/require"
)

// patience bounds every wait in these tests. Nothing is expected to take that long.
const patience = 30 * time.Second

// A carrier is a way to serve a hook at /ws and /ws/{room} beside a plain handler.
type carrier struct {
	name   string
	mode   adapter.Takeover
	bare   bool // no Wrap around
	own    bool // served by an adapter.Server
	around func(http.Handler) http.Handler
}

// carriers are those that can be upgraded.
func carriers() []carrier {
	return []carrier{
		{name: "rung 0", bare: true}, {name: "OnDemand"},
		{name: "Eager", mode: adapter.Eager}, {name: "Server", mode: adapter.Eager, own: true},
	}
}

// around are middleware that a handshake has to get through.
func arounds() map[string]func(http.Handler) http.Handler {
	quiet := chimw.RequestLogger(&chimw.DefaultLogFormatter{Logger: log.New(io.Discard, "", 0), NoColor: true})
	return map[string]func(http.Handler) http.Handler{
		"plain": nil, "Logger": quiet, "Compress": chimw.Compress(5), "Recoverer": chimw.Recoverer,
		"Timeout": chimw.Timeout(time.Minute), "Throttle": chimw.Throttle(1000),
	}
}

// A service is a server on a loopback port.
type service struct {
	addr string
	log  *streamtest.Log
	stop func(context.Context) error // Shutdown of the adapter
}

// router is the whole service of c.
func (c carrier) router(h hooks.ServerHook) http.Handler {
	r := chi.NewRouter()
	if c.around != nil {
		r.Use(c.around)
	}
	r.Handle("/ws", adapter.Handler(h))
	r.Handle("/ws/{room}", adapter.Handler(h))
	r.HandleFunc("/plain", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "plain") })
	return r
}

// serve serves h until the test ends.
func (c carrier) serve(t *testing.T, h hooks.ServerHook, opts adapter.Options) *service {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &service{addr: l.Addr().String(), log: new(streamtest.Log)}
	opts.Takeover = c.mode
	handler := c.router(h)
	srv := &http.Server{Handler: handler, ErrorLog: s.log.Logger()}
	var server interface {
		Serve(net.Listener) error
		Shutdown(context.Context) error
	} = srv
	s.stop = srv.Shutdown
	switch {
	case c.own:
		own := &adapter.Server{Handler: handler, Options: &opts, ErrorLog: srv.ErrorLog}
		server, s.stop = own, own.Shutdown
	case !c.bare:
		a := adapter.New(&opts)
		srv.Handler = a.Wrap(handler)
		s.stop = a.Shutdown
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = s.stop(ctx)
		_ = server.Shutdown(ctx)
		<-done
	})
	return s
}

// eager is the carrier of tests that need only one.
func eager() carrier { return carrier{name: "Eager", mode: adapter.Eager} }

// serve serves h on a carrier.
func serve(t *testing.T, h hooks.ServerHook) *service {
	t.Helper()
	return eager().serve(t, h, adapter.Options{})
}

// echo answers each message with itself.
func echo(c *ws.Conn, messageType int, p []byte) error { return c.WriteMessage(messageType, p) }

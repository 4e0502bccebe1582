package adapter_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	chimw "github.com/go-chi/chi/v5/middleware"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/stretchr/testify/require"
)

// A carrier is a way to serve a hook at /hook beside a plain handler at /legacy.
type carrier struct {
	name     string
	takeover adapter.Takeover
	bare     bool // no Wrap around
	own      bool // served by an adapter.Server
	around   func(http.Handler) http.Handler
	hides    bool // around hides Hijacker
	swallows bool // around takes an interim response for the final one
}

func carriers() []carrier {
	wraps := []carrier{
		{name: "plain"},
		{name: "Logger", around: chimw.RequestLogger(&chimw.DefaultLogFormatter{Logger: log.New(io.Discard, "", 0), NoColor: true})},
		{name: "Compress", around: chimw.Compress(5)},
		{name: "Recoverer", around: chimw.Recoverer},
		{name: "Timeout", around: chimw.Timeout(time.Minute)},
		{name: "Throttle", around: chimw.Throttle(100)},
		{name: "TimeoutHandler", hides: true, swallows: true, around: func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "late") }},
	}
	var all []carrier
	for _, w := range wraps {
		for _, m := range []carrier{
			{name: "rung 0", bare: true},
			{name: "OnDemand"},
			{name: "Eager", takeover: adapter.Eager},
			{name: "Never", takeover: adapter.Never},
			{name: "Server", takeover: adapter.Eager, own: true},
		} {
			c := w
			c.name, c.bare, c.own, c.takeover = m.name+"/"+w.name, m.bare, m.own, m.takeover
			all = append(all, c)
		}
	}
	return all
}

// raw reports whether a hook sends on the connection itself.
func (c carrier) raw() bool { return c.takeover != adapter.Never && !c.hides }

// mount returns the handler of a whole service.
func (c carrier) mount(t *testing.T, h hooks.ServerHook, opts adapter.Options) http.Handler {
	r := chi.NewRouter()
	if c.around != nil {
		r.Use(c.around)
	}
	r.Handle("/hook", adapter.Handler(h))
	r.Handle("/legacy", text("legacy"))
	if c.bare {
		return r
	}
	return mount{mode: c.takeover, own: c.own}.with(t, r, opts)
}

// A mount is a way to put a whole service under this package.
type mount struct {
	name string
	mode adapter.Takeover
	bare bool
	own  bool // served by an adapter.Server
}

func mounts() []mount {
	return []mount{
		{name: "rung 0", bare: true}, {name: "OnDemand"},
		{name: "Eager", mode: adapter.Eager}, {name: "Never", mode: adapter.Never},
		{name: "Server", mode: adapter.Eager, own: true},
	}
}

// wrap returns h under m.
func (m mount) wrap(t *testing.T, h http.Handler) http.Handler {
	return m.with(t, h, adapter.Options{})
}

// with is wrap with options.
func (m mount) with(t *testing.T, h http.Handler, opts adapter.Options) http.Handler {
	if m.bare {
		return h
	}
	opts.Takeover = m.mode
	under := adapt(t, &opts).Wrap(h)
	if m.own {
		return &served{under, &adapter.Server{Handler: h, Options: observed(t, &opts)}}
	}
	return under
}

// served is a handler that serve gives to an adapter.Server. Elsewhere, over HTTP/2 or
// a recorder, it is served under an Adapter.
type served struct {
	http.Handler
	server *adapter.Server
}

// like gives the server the settings of std.
func (s *served) like(std *http.Server) *adapter.Server {
	own := s.server
	own.ErrorLog, own.ConnState, own.BaseContext, own.ConnContext = std.ErrorLog, std.ConnState, std.BaseContext, std.ConnContext
	own.ReadTimeout, own.ReadHeaderTimeout = std.ReadTimeout, std.ReadHeaderTimeout
	own.WriteTimeout, own.IdleTimeout = std.WriteTimeout, std.IdleTimeout
	own.MaxHeaderBytes, own.DisableGeneralOptionsHandler = std.MaxHeaderBytes, std.DisableGeneralOptionsHandler
	return own
}

// http2 serves h over HTTP/2 and returns a client for it.
func http2(t *testing.T, h http.Handler) (*http.Client, string) {
	srv := httptest.NewUnstartedServer(h)
	srv.EnableHTTP2 = true
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	client := srv.Client()
	client.Timeout = patience
	t.Cleanup(client.CloseIdleConnections)
	return client, srv.URL
}

// record serves one request into a recorder, and reports whether the handler aborted.
func record(t *testing.T, h http.Handler, r *http.Request) (rec *httptest.ResponseRecorder, aborted bool) {
	rec = httptest.NewRecorder()
	defer func() {
		if v := recover(); v != nil {
			require.Equal(t, http.ErrAbortHandler, v)
			aborted = true
		}
	}()
	h.ServeHTTP(rec, r)
	return rec, false
}

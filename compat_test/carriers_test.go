package compat_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
)

// A carrier is a way to serve a handler.
type carrier struct {
	name string

	// mount puts a case's handler under the carrier.
	mount func(hc *handlerCase, next http.Handler) mounted

	// tls serves over TLS, and is compared with bare over TLS.
	tls bool

	// patience takes the place of the harness's own unless it is zero.
	patience time.Duration
}

// mounted is a handler under a carrier.
type mounted struct {
	handler  http.Handler
	register func(*http.Server)
	shutdown func(context.Context) error

	// server serves in the place of http.Server, with its settings, unless nil.
	server *adapter.Server
}

// bare is what every carrier is compared with.
var bare = carrier{name: "bare", mount: func(_ *handlerCase, next http.Handler) mounted { return bareMount(next) }}

func bareMount(next http.Handler) mounted {
	return mounted{
		handler:  next,
		register: func(*http.Server) {},
		shutdown: func(context.Context) error { return nil },
	}
}

// carriers are the ways to serve a handler on HTTP/1.x.
func carriers() []carrier {
	return []carrier{
		{name: "nil options", mount: wrapped(nil, registered, unhooked)},
		{name: "OnDemand", mount: wrapped(&adapter.Options{Takeover: adapter.OnDemand}, unregistered, unhooked)},
		{name: "Eager", mount: wrapped(&adapter.Options{Takeover: adapter.Eager}, registered, unhooked)},
		{name: "Eager unregistered", mount: wrapped(&adapter.Options{Takeover: adapter.Eager}, unregistered, unhooked)},
		{name: "Eager TLS", mount: wrapped(&adapter.Options{Takeover: adapter.Eager}, registered, unhooked), tls: true},
		{name: "Never", mount: wrapped(&adapter.Options{Takeover: adapter.Never}, registered, unhooked)},
		{name: "hooks", mount: func(hc *handlerCase, next http.Handler) mounted { return bareMount(hooked(hc, next)) }},
		{name: "nil options, hooks", mount: wrapped(nil, registered, hooked)},
		{name: "Eager, hooks", mount: wrapped(&adapter.Options{Takeover: adapter.Eager}, registered, hooked)},
		{name: "OnDemand, observed", mount: wrapped(&adapter.Options{Observer: stream.NopObserver{}}, registered, unhooked)},
		{name: "Eager, observed", mount: wrapped(&adapter.Options{Takeover: adapter.Eager, Observer: stream.NopObserver{}}, registered, unhooked)},
		{name: "Server", mount: ownServer(unhooked)},
		{name: "Server TLS", mount: ownServer(unhooked), tls: true},
		{name: "Server, hooks", mount: ownServer(hooked)},
	}
}

const (
	registered   = true
	unregistered = false
)

// wrapped mounts handlers under an Adapter of their own.
func wrapped(opts *adapter.Options, register bool, around func(*handlerCase, http.Handler) http.Handler) func(*handlerCase, http.Handler) mounted {
	return func(hc *handlerCase, next http.Handler) mounted {
		a := adapter.New(opts)
		m := mounted{
			handler:  a.Wrap(around(hc, next)),
			register: func(*http.Server) {},
			shutdown: a.Shutdown,
		}
		if register {
			m.register = a.Register
		}
		return m
	}
}

// ownServer mounts handlers in an adapter.Server. On carriers other than HTTP/1.x the
// handler is served as it is: there is no server to take another's place.
func ownServer(around func(*handlerCase, http.Handler) http.Handler) func(*handlerCase, http.Handler) mounted {
	return func(hc *handlerCase, next http.Handler) mounted {
		m := bareMount(around(hc, next))
		m.server = &adapter.Server{Handler: m.handler}
		m.shutdown = m.server.Shutdown
		return m
	}
}

// like gives srv the settings of std, and n the server that its handlers find.
func like(srv *adapter.Server, std *http.Server, n *notes) {
	srv.ErrorLog, srv.ConnState, srv.BaseContext = std.ErrorLog, std.ConnState, std.BaseContext
	srv.ReadTimeout, srv.ReadHeaderTimeout = std.ReadTimeout, std.ReadHeaderTimeout
	srv.WriteTimeout, srv.IdleTimeout = std.WriteTimeout, std.IdleTimeout
	srv.MaxHeaderBytes, srv.DisableGeneralOptionsHandler = std.MaxHeaderBytes, std.DisableGeneralOptionsHandler
	var first sync.Once
	srv.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		first.Do(func() { n.server, _ = ctx.Value(http.ServerContextKey).(*http.Server) })
		if std.ConnContext != nil {
			ctx = std.ConnContext(ctx, conn)
		}
		return ctx
	}
}

func unhooked(_ *handlerCase, next http.Handler) http.Handler { return next }

// hooked puts next inside chains of hooks that do nothing.
func hooked(hc *handlerCase, next http.Handler) http.Handler {
	h := middleware.Request(proceed, proceed)(middleware.Response(proceed, proceed)(next))
	if hc.panics {
		return h
	}
	return middleware.TaskPanic(proceed)(h)
}

var proceed = hooks.HookFunc(func(*stream.Stream, *stream.Context) hooks.Status { return hooks.Continue })

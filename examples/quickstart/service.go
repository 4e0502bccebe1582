package main

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
)

// maxBody bounds a request body, in bytes.
const maxBody = 64 << 10

// newServer returns the service, and the adapter that owns its connections.
func newServer() (*http.Server, *adapter.Adapter) {
	limits := stream.DefaultRequestConfig()
	limits.MaxBodySize = maxBody
	counters := new(adapter.Counters)
	a := adapter.New(&adapter.Options{
		Takeover:          adapter.Eager, // so that every connection has an ID and is counted
		Request:           limits,
		RequestHooks:      hooks.Chain{hooks.HookFunc(tag)},
		ResponseHooks:     hooks.Chain{hooks.HookFunc(stamp), hooks.SetHeader("X-Content-Type-Options", "nosniff")},
		RequestErrorHooks: hooks.Chain{hooks.HookFunc(explain)},
		Observer:          counters,
	})
	srv := &http.Server{
		Handler:           a.Wrap(routes(counters)),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       time.Minute,
	}
	a.Register(srv)
	return srv, a
}

// routes is the service's router. What onramp adds to it are the routes that
// adapter.Handler makes of hooks, and the middleware that runs them.
func routes(counters *adapter.Counters) http.Handler {
	r := chi.NewRouter()
	r.Use(chimiddleware.RequestID, chimiddleware.Logger, chimiddleware.Recoverer)
	r.Use(http.NewCrossOriginProtection().Handler)
	r.Use(middleware.TaskPanic(hooks.HookFunc(report)))

	r.Method(http.MethodGet, "/", adapter.Handler(hooks.HookFunc(console)))
	r.Method(http.MethodGet, "/frames", adapter.Handler(hooks.HookFunc(frames)))
	r.Method(http.MethodGet, loopPath, adapter.Handler(hooks.New(newLoop)))
	r.Method(http.MethodGet, "/events", adapter.Handler(hooks.HookFunc(events)))
	r.Method(http.MethodGet, "/numbers", adapter.Handler(newNumbers(counters)))
	r.Method(http.MethodGet, "/echo", adapter.Handler(newEcho()))

	r.Group(func(r chi.Router) {
		r.Use(chimiddleware.Timeout(10*time.Second), chimiddleware.Compress(5))
		r.Get("/page.js", script)
		r.Route("/api/notes", newNotebook().mount)
		r.With(middleware.Request(hooks.HookFunc(authorise))).Get("/private", private)
		r.Get("/panic", fail)
		r.Post("/exchanges/{name}", exchange)
	})
	return r
}

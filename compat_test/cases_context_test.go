package compat_test

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"
)

// contextCases watch the request's context: its values, and when it ends.
func contextCases() []handlerCase {
	type key struct{}
	return []handlerCase{
		{
			name: "context/values of the server",
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				srv, ok := r.Context().Value(http.ServerContextKey).(*http.Server)
				n.add("server %t %t", ok, srv == n.server)
				addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
				n.add("address %t %t", ok, ok && addr.String() == n.local)
				n.add("value %v", r.Context().Value(key{}))
				_, ok = r.Context().Deadline()
				n.add("deadline %t", ok)
				n.write(w, "values")
			},
			shows: []string{"server true true", "address true true", "deadline false"},
		},
		{
			name: "context/values of BaseContext and ConnContext",
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.add("base %v", r.Context().Value(baseKey{}))
				conn, _ := r.Context().Value(connKey{}).(net.Conn)
				n.add("connection %t", conn != nil && conn.RemoteAddr().String() == r.RemoteAddr)
				n.write(w, "values")
			},
			http1: true,
			shows: []string{"base of the server", "connection true"},
		},
		{
			name: "context/ends after the handler",
			talk: func(c *conversation) {
				c.request(message{})
				p := c.answer("GET")
				c.notes.wait("context ended")
				c.probe(p)
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.err("context", r.Context().Err())
				context.AfterFunc(r.Context(), func() {
					n.err("context afterwards", r.Context().Err())
					n.open("context ended")
				})
				n.write(w, "running")
			},
			shows: []string{"context: ok", "context afterwards: context canceled", "-- probe"},
		},
		{
			name: "context/ends when the client leaves",
			talk: func(c *conversation) {
				c.request(message{})
				c.notes.wait("running")
				c.hangUp()
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.open("running")
				n.ended(r.Context())
				n.err("cause", context.Cause(r.Context()))
			},
			shows: []string{"context: context canceled", "cause: context canceled"},
		},
		{
			name: "context/ends when the client leaves after its body was read",
			talk: func(c *conversation) {
				c.request(message{method: "POST", body: "hello"})
				c.notes.wait("running")
				c.hangUp()
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", r.Body)
				n.open("running")
				n.ended(r.Context())
			},
			shows: []string{"context: context canceled"},
		},
		{
			name: "context/ends when the client leaves a stream",
			talk: func(c *conversation) {
				c.request(message{})
				c.line()
				c.hangUp()
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.write(w, "begun")
				n.err("flush", http.NewResponseController(w).Flush())
				n.ended(r.Context())
			},
			shows: []string{"context: context canceled"},
		},
		{
			name: "context/goes on while a pipelined request waits",
			talk: func(c *conversation) {
				c.send(plain("/case") + plain(probePath))
				c.notes.wait("running")
				c.notes.open("go on")
				c.answer("GET")
				c.probe(c.answer("GET"))
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				done := r.Context().Done()
				n.open("running")
				n.wait("go on")
				select {
				case <-done:
					n.add("the context ended early")
				default:
				}
				n.write(w, "done")
			},
			shows: []string{"-- probe", "Answered: /probe"},
		},
		{
			name: "context/values of an outer middleware stay with their request",
			talk: func(c *conversation) {
				c.request(message{target: "/case?1"})
				c.answer("GET")
				c.request(message{target: "/case?2"})
				c.probe(c.answer("GET"))
			},
			build: func(_ testing.TB, n *notes) http.Handler {
				inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					n.add("value %v", r.Context().Value(key{}))
					n.write(w, "done")
				})
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.RawQuery == "1" {
						r = r.WithContext(context.WithValue(r.Context(), key{}, "first"))
					}
					inner.ServeHTTP(w, r)
				})
			},
			shows: []string{"value first", "value <nil>"},
		},
		{
			name: "context/CloseNotify",
			talk: func(c *conversation) {
				c.request(message{})
				c.notes.wait("running")
				c.hangUp()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				notifier, ok := w.(closeNotifier)
				if !ok {
					n.add("no CloseNotifier")
					n.open("running")
					return
				}
				gone := notifier.CloseNotify()
				n.open("running")
				select {
				case <-gone:
					n.add("the client left")
				case <-time.After(patience):
					n.add("nobody notices that the client left")
				}
			},
			shows: []string{"the client left"},
		},
		{
			name: "context/CloseNotify twice", http1: true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				notifier, ok := w.(closeNotifier)
				if !ok {
					n.add("no CloseNotifier")
					return
				}
				first := notifier.CloseNotify()
				n.add("the same channel %t", first == notifier.CloseNotify())
			},
			shows: []string{"the same channel true"},
		},
	}
}

// What every server of the harness puts into its contexts.
type (
	baseKey struct{}
	connKey struct{}
)

func withContexts(srv *http.Server) {
	srv.BaseContext = func(net.Listener) context.Context {
		return context.WithValue(context.Background(), baseKey{}, "of the server")
	}
	srv.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conn)
	}
}

package target

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// The routes of the targets whose connections stay: those of Live.
const (
	EchoPath      = "/echo"      // a WebSocket that sends back what it gets
	SubscribePath = "/subscribe" // a WebSocket that gets what is published
	EventsPath    = "/events"    // an event stream that does
	PublishPath   = "/publish"   // ?burst=16 publishes Notice as often
)

// Notice is what is published: as a message, or as the data of an event. It has one
// Mark, which nothing else that a client gets has. Who subscribes gets one for a
// greeting: from then on none is missed.
var Notice = strings.Repeat("n", 124) + string(Mark)

// Mark ends a Notice.
const Mark = '~'

// The names of the targets that have WebSockets or event streams.
const (
	OnrampWS    = "onramp/ws"
	Gorilla     = "gorilla/websocket"
	Coder       = "coder/websocket"
	Gobwas      = "gobwas/ws"
	ServerWS    = "onramp.Server/ws"
	ServerSSE   = "onramp.Server/sse"
	OnrampSSE   = "onramp/sse"
	OnrampHub   = "onramp/sse.Hub"
	GoSSE       = "tmaxmax/go-sse"
	NetHTTPLive = "net/http, Fprintf and Flush"
)

// WebSockets returns the targets that answer EchoPath and SubscribePath.
func WebSockets() []Target {
	return []Target{
		{Name: Gorilla, Serve: serveGorilla},
		{Name: OnrampWS, Serve: func(ln net.Listener) error { return serveOnDemand(ln, onrampWS()) }},
		{Name: ServerWS, Serve: func(ln net.Listener) error { return serveOwn(ln, onrampWS()) }},
		{Name: Coder, Serve: serveCoder},
		{Name: Gobwas, Serve: serveGobwas},
	}
}

// EventStreams returns the targets that answer EventsPath.
func EventStreams() []Target {
	return []Target{
		{Name: NetHTTPLive, Serve: serveFprintf},
		{Name: OnrampSSE, Serve: func(ln net.Listener) error { return serveOnDemand(ln, onrampSSE()) }},
		{Name: ServerSSE, Serve: func(ln net.Listener) error { return serveOwn(ln, onrampSSE()) }},
		{Name: OnrampHub, Serve: serveOnrampHub},
		{Name: GoSSE, Serve: serveGoSSE},
	}
}

// A roster is who has subscribed.
type roster[T comparable] struct {
	mu  sync.Mutex // guards all, and is held while something is published
	all map[T]struct{}
}

func newRoster[T comparable]() *roster[T] { return &roster[T]{all: map[T]struct{}{}} }

// add adds x once greet has succeeded; nothing is published in between.
func (r *roster[T]) add(x T, greet func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := greet(); err != nil {
		return err
	}
	r.all[x] = struct{}{}
	return nil
}

func (r *roster[T]) remove(x T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, x)
}

// each calls send for everyone. One who fails is on the way out.
func (r *roster[T]) each(send func(T) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for x := range r.all {
		_ = send(x)
	}
}

// publishes returns a handler that has publish send as many notices as the request
// wants.
func publishes(publish func(burst int) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		burst, err := strconv.Atoi(r.FormValue("burst"))
		if err != nil || burst < 1 {
			http.Error(w, "burst is a number", http.StatusBadRequest)
			return
		}
		if err := publish(burst); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

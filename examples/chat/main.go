// Chat is a chat with several rooms, to be used from a browser or a phone. A WebSocket
// carries what a person says and who else is there; what was said comes as server-sent
// events, so that a page that is loaded again, or was cut off for a while, gets what it
// has missed.
//
//	go run ./examples/chat
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/onramp-go/onramp/adapter"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8083", "the `host:port` to listen on; with :8083 a phone in the same network gets in, too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr); err != nil {
		log.Fatal("chat: ", err)
	}
}

// run serves on addr until ctx ends. Then pages are told to come back, and do.
func run(ctx context.Context, addr string) error {
	srv := newServer(addr)
	log.Printf("open http://%[1]s in two browsers, or try: curl -N http://%[1]s/rooms/lobby/events", addr)
	served := make(chan error, 1)
	go func() { served <- srv.ListenAndServe() }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return srv.Shutdown(last)
}

// newServer returns the chat, to listen on addr. Its Options bound what waits for a slow
// client, so that everybody together is bounded, too.
func newServer(addr string) *adapter.Server {
	return &adapter.Server{
		Addr:              addr,
		Handler:           newChat().routes(),
		Options:           &adapter.Options{QueueSize: maxQueue},
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       time.Minute,
	}
}

// home answers with the page.
func home(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err := page.Execute(w, rooms); err != nil {
		log.Print("chat: page: ", err) // the client is gone
	}
}

// Quickstart is a small chi service on which every idea of onramp can be tried:
// ordinary handlers with hooks around them, a route that sends on its connection, one
// that serves its connection by itself, a stream of events, a WebSocket, and what becomes
// of panics and of malformed requests. Its page shows all of it at work:
//
//	go run ./examples/quickstart
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/onramp-go/onramp/adapter"
)

// patience is how long a shutdown waits for the exchanges that are under way.
const patience = 5 * time.Second

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "the `host:port` to listen on; port 0 picks a free one")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr); err != nil {
		log.Fatal("quickstart: ", err)
	}
}

// run serves on addr until ctx ends, and then lets what is under way come to its end.
func run(ctx context.Context, addr string) error {
	ln, err := listen(addr)
	if err != nil {
		return err
	}
	srv, a := newServer()
	announce(baseURL(ln.Addr()))
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	log.Print("shutting down")
	return shutdown(srv, a)
}

// shutdown ends the connections of net/http and those that were taken over from it.
func shutdown(srv *http.Server, a *adapter.Adapter) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return errors.Join(srv.Shutdown(ctx), a.Shutdown(ctx))
}

// listen is net.Listen with an error that says what to do about it.
func listen(addr string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is taken by another program; choose a free port with -addr 127.0.0.1:0", addr)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w; choose another address with -addr", addr, err)
	}
	return ln, nil
}

// baseURL returns where a client on this machine finds addr.
func baseURL(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://localhost:%d", tcp.Port)
	}
	return "http://" + addr.String()
}

// commands returns what to try from a terminal.
func commands(base string) []string {
	return []string{
		fmt.Sprintf("curl -i %s/api/notes", base),
		fmt.Sprintf("curl -i %[1]s/frames %[1]s/api/notes %[1]s/frames", base),
		fmt.Sprintf("curl -N '%s/events?count=5'", base),
	}
}

func announce(base string) {
	log.Printf("open %s in a browser, or try", base)
	for _, command := range commands(base) {
		log.Print("    ", command)
	}
}

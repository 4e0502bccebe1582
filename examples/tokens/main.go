// Tokens streams the answer of a language model to a browser, word by word, as
// server-sent events through chi's Timeout and Compress. The model is made up; what is
// around it is not: when the browser leaves, its context ends, and it stops at once.
//
//	go run ./examples/tokens
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/onramp-go/onramp/adapter"
)

//go:embed page.html
var page string

const (
	pace     = 60 * time.Millisecond // what the model takes for a token
	patience = 20 * time.Second      // how long an answer may take
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8082", "the `host:port` to listen on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr); err != nil {
		log.Fatal("tokens: ", err)
	}
}

// run serves on addr until ctx ends, and then ends the answers that are under way.
func run(ctx context.Context, addr string) error {
	a := adapter.New(nil)
	srv := &http.Server{
		Addr:              addr,
		Handler:           a.Wrap(routes(&model{pace: pace}, patience, log.Default())),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       time.Minute,
	}
	a.Register(srv)
	log.Printf("open http://%[1]s in a browser, or try: curl -N --compressed 'http://%[1]s/answer?q=why'", addr)
	served := make(chan error, 1)
	go func() { served <- srv.ListenAndServe() }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(srv.Shutdown(last), a.Shutdown(last))
}

// routes is the service. An answer of m that takes longer than patience is cut off; what
// becomes of each goes to logger.
func routes(m *model, patience time.Duration, logger *log.Logger) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.Compress(5, "text/html", "text/event-stream"))
	r.Get("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page)) // fails when the client is gone
	})
	r.With(middleware.Timeout(patience)).Method(http.MethodGet, "/answer", answer(m, logger))
	return r
}

// Legacy is a plain net/http service that came under onramp by one line, in main. With
// -bare it runs without:
//
//	go run ./examples/legacy
//
// What stays as it was: handlers, mux, and every answer on the wire. What changes:
// connections are served by onramp's own loop from their first request on, which
// refuses what is ambiguous, such as a request of two lengths.
package main

import (
	"flag"
	"log"
	"net/http"

	"github.com/onramp-go/onramp/adapter"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8081", "the `host:port` to listen on")
	bare := flag.Bool("bare", false, "leave the service as it was")
	flag.Parse()
	srv := &http.Server{Addr: *addr, Handler: adapter.New(&adapter.Options{Takeover: adapter.Eager}).Wrap(routes())}
	if *bare {
		srv.Handler = routes()
	}
	log.Printf("try: curl -i http://%[1]s/hello/you http://%[1]s/letters", *addr)
	log.Fatal("legacy: ", srv.ListenAndServe())
}

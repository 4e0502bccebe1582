package middleware_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/middleware"
)

// A connection serves three requests, or lives for an hour; then its client has to
// come back, perhaps to another machine.
func ExampleKeepAlive() {
	r := chi.NewRouter()
	r.Use(middleware.KeepAlive(3, time.Hour))
	r.Get("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "a page") })
	srv := httptest.NewServer(r)
	defer srv.Close()

	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	for i := 1; i <= 3; i++ {
		fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		_, _ = answers.Discard(int(resp.ContentLength))
		fmt.Println("request", i, "closes:", resp.Close)
	}
	// Output:
	// request 1 closes: false
	// request 2 closes: false
	// request 3 closes: true
}

package streamtest_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
)

// A server is tested as a whole: what it logs, and what becomes of its connections when
// it shuts down.
func ExampleServe() {
	run(func(t streamtest.TB) {
		var log streamtest.Log
		srv := &adapter.Server{Handler: http.NotFoundHandler(), ErrorLog: log.Logger()}
		s := streamtest.Serve(t, srv, nil)
		idle, odd := s.Dial(), s.Dial()
		fmt.Println(idle.Get("/").Status)
		fmt.Println(odd.Send("HOW ARE YOU?\r\n\r\n").Want("GET").Status)
		fmt.Println(odd.WantEnd())
		fmt.Println(srv.Shutdown(context.Background()))
		fmt.Println(idle.WantEnd())
		fmt.Printf("%q\n", log.String())
	})
	// Output:
	// 404 Not Found
	// 400 Bad Request
	// <nil>
	// <nil>
	// <nil>
	// ""
}

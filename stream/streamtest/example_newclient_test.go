package streamtest_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/stream/streamtest"
)

// A client speaks over any connection, such as one with TLS.
func ExampleNewClient() {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "for your eyes only") }))
	defer srv.Close()
	run(func(t streamtest.TB) {
		conn, err := tls.Dial("tcp", srv.Listener.Addr().String(), srv.Client().Transport.(*http.Transport).TLSClientConfig)
		if err != nil {
			t.Fatalf("%v", err)
		}
		fmt.Println(streamtest.NewClient(t, conn, nil).Get("/").Text)
	})
	// Output:
	// for your eyes only
}

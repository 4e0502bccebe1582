package streamtest_test

import (
	"fmt"
	"io"
	"net/http"

	"github.com/onramp-go/onramp/stream/streamtest"
)

// An http.Client talks to an http.Server in memory.
func ExampleListen() {
	l := streamtest.Listen(nil)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello from "+r.Host) })}
	go srv.Serve(l)
	defer srv.Close()

	client := &http.Client{Transport: &http.Transport{DialContext: l.DialContext}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://service.test/")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	fmt.Println(string(text))
	// Output:
	// hello from service.test
}

// The two ends of a connection, without a server.
func ExamplePipe() {
	client, server := streamtest.Pipe(nil)
	fmt.Fprint(client, "what was sent before the end")
	client.Close()
	text, err := io.ReadAll(server)
	fmt.Println(string(text), err)
	fmt.Println(server.RemoteAddr())
	// Output:
	// what was sent before the end <nil>
	// 192.0.2.2:1024
}

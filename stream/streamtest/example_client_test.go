package streamtest_test

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/onramp-go/onramp/stream/streamtest"
)

// A request that comes bit by bit, and a client that ends its side.
func ExampleClient_SendPieces() {
	run(func(t streamtest.TB) {
		c := streamtest.Dial(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			fmt.Fprint(w, string(body), " ", err)
		}), nil)
		c.SendPieces("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 5\r\n\r\n", 10, time.Millisecond)
		c.SendPieces("hello", 1, time.Millisecond).CloseWrite()
		fmt.Println(c.Want("POST").Text)
		fmt.Println(c.WantEnd())
	})
	// Output:
	// hello <nil>
	// <nil>
}

// A failure says what was on the wire.
func ExampleClient_WantBytes() {
	run(func(t streamtest.TB) {
		c := streamtest.Dial(t, http.NotFoundHandler(), nil)
		c.Send("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
		c.WantBytes("HTTP/1.1 200 OK\r\n")
	})
	// Output:
	// streamtest.Client.WantBytes: got "HTTP/1.1 404 Not " (<nil>), want "HTTP/1.1 200 OK\r\n"
}

// WebSocket frames, as they are on the wire.
func ExampleClient_WantFrame() {
	run(func(t streamtest.TB) {
		c := streamtest.Dial(t, http.HandlerFunc(echoing), nil)
		fmt.Println(c.Get("/", "Connection: Upgrade", "Upgrade: websocket",
			"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==").Status)
		c.SendFrame(streamtest.Frame{Final: true, Opcode: 1, Payload: "hello"})
		fmt.Printf("%+v\n", c.WantFrame())
	})
	// Output:
	// 101 Switching Protocols
	// {Final:true Reserved:0 Opcode:1 Payload:hello}
}

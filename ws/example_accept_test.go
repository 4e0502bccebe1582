package ws_test

import (
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
)

// A hook that accepts runs its own loop, as a handler of gorilla's does.
func ExampleAccept() {
	greet := func(s *stream.Stream, c *stream.Context) hooks.Status {
		conn, err := ws.Accept(s, c, &ws.Options{Subprotocols: []string{"greeting"}})
		if err != nil {
			return hooks.Reject // a refusal is staged
		}
		for {
			kind, p, err := conn.ReadMessage()
			if err != nil {
				return hooks.Continue
			}
			_ = conn.WriteMessage(kind, append([]byte("hello, "), p...)) // the next read tells
		}
	}
	srv := httptest.NewServer(adapter.HandlerFunc(greet))
	defer srv.Close()

	dialer := websocket.Dialer{Subprotocols: []string{"greeting"}}
	client, _, err := dialer.Dial("ws"+strings.TrimPrefix(srv.URL, "http"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	_ = client.WriteMessage(websocket.TextMessage, []byte("Ada"))
	_, p, _ := client.ReadMessage()
	fmt.Println(client.Subprotocol()+":", string(p))
	// Output: greeting: hello, Ada
}

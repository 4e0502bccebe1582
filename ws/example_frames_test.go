package ws_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/ws"
)

// Several messages leave in one write.
func ExampleFrames() {
	count := ws.Hook(func(c *ws.Conn, messageType int, _ []byte) error {
		return c.SendList(slices.Concat(
			ws.Frames(messageType, []byte("one")),
			ws.Frames(messageType, []byte("two")),
			ws.Frames(messageType, []byte("three")),
		))
	}, nil)
	srv := httptest.NewServer(adapter.Handler(count))
	defer srv.Close()

	client, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(srv.URL, "http"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	_ = client.WriteMessage(websocket.TextMessage, []byte("count"))
	for range 3 {
		_, p, _ := client.ReadMessage()
		fmt.Println(string(p))
	}
	// Output:
	// one
	// two
	// three
}

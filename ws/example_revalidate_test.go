package ws_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/ws"
)

// A WebSocket whose token was revoked is closed at the next ping; here with a code that
// the application's clients know.
func ExampleOptions_revalidate() {
	srv := httptest.NewServer(adapter.Handler(ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
		return c.WriteMessage(messageType, p)
	}, &ws.Options{
		PingInterval: 20 * time.Millisecond,
		Revalidate: func(c *ws.Conn) error {
			if c.Context().Query("token") == "old" {
				return &ws.CloseError{Code: 4001, Text: "log in again"}
			}
			return nil
		},
	})))
	defer srv.Close()
	client, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(srv.URL, "http")+"?token=old", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	_, _, err = client.ReadMessage()
	fmt.Println(err)
	// Output:
	// websocket: close 4001: log in again
}

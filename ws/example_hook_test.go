package ws_test

import (
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/ws"
)

func ExampleHook() {
	shout := ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
		return c.WriteMessage(messageType, []byte(strings.ToUpper(string(p))))
	}, nil)
	r := chi.NewRouter()
	r.Method("GET", "/shout", adapter.Handler(shout))
	srv := httptest.NewServer(r)
	defer srv.Close()

	client, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(srv.URL, "http")+"/shout", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	_ = client.WriteMessage(websocket.TextMessage, []byte("hello"))
	_, p, _ := client.ReadMessage()
	fmt.Println(string(p))
	// Output: HELLO
}

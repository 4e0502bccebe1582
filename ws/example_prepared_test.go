package ws_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
)

// What one client says goes to all of them; one that does not read is let go and holds
// up nobody.
func ExampleNewPreparedMessage() {
	var room sync.Map
	chat := ws.Hook(func(_ *ws.Conn, messageType int, p []byte) error {
		m, err := ws.NewPreparedMessage(messageType, p)
		if err != nil {
			return err
		}
		for c := range room.Range {
			if err := c.(*ws.Conn).TryWritePrepared(m); errors.Is(err, stream.ErrBufferFull) {
				_ = c.(*ws.Conn).CloseWith(ws.ClosePolicyViolation, "too slow")
			}
		}
		return nil
	}, &ws.Options{
		Connected: func(c *ws.Conn) error {
			room.Store(c, nil)
			return c.TryWrite(ws.TextMessage, []byte("welcome"))
		},
		Closed: func(c *ws.Conn, _ error) { room.Delete(c) },
	})
	srv := httptest.NewServer(adapter.Handler(chat))
	defer srv.Close()

	var clients []*websocket.Conn
	for range 3 {
		client, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(srv.URL, "http"), nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer client.Close()
		_, _, _ = client.ReadMessage() // the welcome: it is in the room
		clients = append(clients, client)
	}
	_ = clients[0].WriteMessage(websocket.TextMessage, []byte("hello, all"))
	for _, client := range clients {
		_, p, _ := client.ReadMessage()
		fmt.Println(string(p))
	}
	// Output:
	// hello, all
	// hello, all
	// hello, all
}

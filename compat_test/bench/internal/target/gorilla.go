package target

import (
	"net"
	"net/http"

	"github.com/gorilla/websocket"
)

func serveGorilla(ln net.Listener) error {
	var upgrader websocket.Upgrader
	subscribers := newRoster[*websocket.Conn]()
	mux := http.NewServeMux()
	mux.HandleFunc(EchoPath, func(w http.ResponseWriter, r *http.Request) {
		c, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return // Upgrade has answered
		}
		defer c.Close()
		for {
			messageType, p, err := c.ReadMessage()
			if err != nil || c.WriteMessage(messageType, p) != nil {
				return
			}
		}
	})
	mux.HandleFunc(SubscribePath, func(w http.ResponseWriter, r *http.Request) {
		c, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		greet := func() error { return c.WriteMessage(websocket.TextMessage, []byte(Notice)) }
		if subscribers.add(c, greet) != nil {
			return
		}
		defer subscribers.remove(c)
		for {
			if _, _, err := c.ReadMessage(); err != nil {
				return
			}
		}
	})
	mux.Handle(PublishPath, publishes(func(burst int) error {
		messages := make([]*websocket.PreparedMessage, burst)
		for i := range messages {
			var err error
			if messages[i], err = websocket.NewPreparedMessage(websocket.TextMessage, []byte(Notice)); err != nil {
				return err
			}
		}
		subscribers.each(func(c *websocket.Conn) error {
			for _, m := range messages {
				if err := c.WritePreparedMessage(m); err != nil {
					return err
				}
			}
			return nil
		})
		return nil
	}))
	return (&http.Server{Handler: mux}).Serve(ln)
}

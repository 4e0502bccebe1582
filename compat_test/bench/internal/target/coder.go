package target

import (
	"context"
	"net"
	"net/http"

	"github.com/coder/websocket"
)

func serveCoder(ln net.Listener) error {
	subscribers := newRoster[*websocket.Conn]()
	mux := http.NewServeMux()
	mux.HandleFunc(EchoPath, func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return // Accept has answered
		}
		defer c.CloseNow()
		for {
			messageType, p, err := c.Read(r.Context())
			if err != nil || c.Write(r.Context(), messageType, p) != nil {
				return
			}
		}
	})
	mux.HandleFunc(SubscribePath, func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer c.CloseNow()
		ctx := c.CloseRead(r.Context())
		greet := func() error { return c.Write(ctx, websocket.MessageText, []byte(Notice)) }
		if subscribers.add(c, greet) != nil {
			return
		}
		defer subscribers.remove(c)
		<-ctx.Done()
	})
	// It has no messages that are prepared for many.
	mux.Handle(PublishPath, publishes(func(burst int) error {
		message := []byte(Notice)
		subscribers.each(func(c *websocket.Conn) error {
			for range burst {
				if err := c.Write(context.Background(), websocket.MessageText, message); err != nil {
					return err
				}
			}
			return nil
		})
		return nil
	}))
	return (&http.Server{Handler: mux}).Serve(ln)
}

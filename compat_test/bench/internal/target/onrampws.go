package target

import (
	"net"
	"net/http"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/ws"
)

// silence is longer than a run, whose clients answer no pings; the other servers send none.
const silence = time.Hour

// onrampWS has WebSockets that are detached from their handlers.
func onrampWS() http.Handler {
	subscribers := newRoster[*ws.Conn]()
	mux := http.NewServeMux()
	mux.Handle(EchoPath, adapter.Handler(ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
		return c.WriteMessage(messageType, p)
	}, &ws.Options{Detach: true, PingInterval: silence})))
	mux.Handle(SubscribePath, adapter.Handler(ws.Hook(func(*ws.Conn, int, []byte) error { return nil }, &ws.Options{
		Detach: true, PingInterval: silence,
		Connected: func(c *ws.Conn) error {
			return subscribers.add(c, func() error { return c.WriteMessage(ws.TextMessage, []byte(Notice)) })
		},
		Closed: func(c *ws.Conn, _ error) { subscribers.remove(c) },
	})))
	mux.Handle(PublishPath, publishes(func(burst int) error {
		if burst > 1 {
			var frames [][]byte
			for range burst {
				frames = append(frames, ws.Frames(ws.TextMessage, []byte(Notice))...)
			}
			subscribers.each(func(c *ws.Conn) error { return c.TrySendList(frames) })
			return nil
		}
		m, err := ws.NewPreparedMessage(ws.TextMessage, []byte(Notice))
		if err != nil {
			return err
		}
		subscribers.each(func(c *ws.Conn) error { return c.TryWritePrepared(m) })
		return nil
	}))
	return mux
}

// serveOnDemand is a service whose connections are taken over where a hook needs it.
func serveOnDemand(ln net.Listener, h http.Handler) error {
	a := adapter.New(nil)
	srv := &http.Server{Handler: a.Wrap(h)}
	a.Register(srv)
	return srv.Serve(ln)
}

package target

import (
	"net"
	"net/http"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// serveGobwas uses the helpers of wsutil. gobwas/ws can do with less, in a program
// that keeps buffers and states of its own.
func serveGobwas(ln net.Listener) error {
	subscribers := newRoster[net.Conn]()
	mux := http.NewServeMux()
	mux.HandleFunc(EchoPath, func(w http.ResponseWriter, r *http.Request) {
		conn, _, _, err := ws.UpgradeHTTP(r, w)
		if err != nil {
			return // UpgradeHTTP has answered
		}
		defer conn.Close()
		for {
			p, op, err := wsutil.ReadClientData(conn)
			if err != nil || wsutil.WriteServerMessage(conn, op, p) != nil {
				return
			}
		}
	})
	mux.HandleFunc(SubscribePath, func(w http.ResponseWriter, r *http.Request) {
		conn, _, _, err := ws.UpgradeHTTP(r, w)
		if err != nil {
			return
		}
		defer conn.Close()
		greet := func() error { return wsutil.WriteServerText(conn, []byte(Notice)) }
		if subscribers.add(conn, greet) != nil {
			return
		}
		defer subscribers.remove(conn)
		for {
			if _, _, err := wsutil.ReadClientData(conn); err != nil {
				return
			}
		}
	})
	mux.Handle(PublishPath, publishes(func(burst int) error {
		frame, err := ws.CompileFrame(ws.NewTextFrame([]byte(Notice)))
		if err != nil {
			return err
		}
		subscribers.each(func(conn net.Conn) error {
			for range burst {
				if _, err := conn.Write(frame); err != nil {
					return err
				}
			}
			return nil
		})
		return nil
	}))
	return (&http.Server{Handler: mux}).Serve(ln)
}

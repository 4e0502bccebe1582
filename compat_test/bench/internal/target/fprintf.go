package target

import (
	"fmt"
	"net"
	"net/http"
)

// A writer is a response that an event stream is written to.
type writer struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (w *writer) send() error {
	if _, err := fmt.Fprintf(w, "data: %s\n\n", Notice); err != nil {
		return err
	}
	return w.control.Flush()
}

// serveFprintf is an event stream without any library. What is published is written
// at once, without a channel to each handler: it could not cost less.
func serveFprintf(ln net.Listener) error {
	subscribers := newRoster[*writer]()
	mux := http.NewServeMux()
	mux.HandleFunc(EventsPath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		x := &writer{w, http.NewResponseController(w)}
		if subscribers.add(x, x.send) != nil {
			return
		}
		defer subscribers.remove(x)
		<-r.Context().Done()
	})
	mux.Handle(PublishPath, publishes(func(burst int) error {
		subscribers.each(func(x *writer) error {
			for range burst {
				if err := x.send(); err != nil {
					return err
				}
			}
			return nil
		})
		return nil
	}))
	return (&http.Server{Handler: mux}).Serve(ln)
}

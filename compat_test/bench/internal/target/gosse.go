package target

import (
	"net"
	"net/http"

	"github.com/tmaxmax/go-sse"
)

func serveGoSSE(ln net.Listener) error {
	s := &sse.Server{Provider: &sse.Joe{Replayer: greeter{}}}
	mux := http.NewServeMux()
	mux.Handle(EventsPath, s)
	mux.Handle(PublishPath, publishes(func(burst int) error {
		for range burst {
			if err := s.Publish(goNotice()); err != nil {
				return err
			}
		}
		return nil
	}))
	return (&http.Server{Handler: mux}).Serve(ln)
}

func goNotice() *sse.Message {
	m := &sse.Message{}
	m.AppendData(Notice)
	return m
}

// A greeter keeps nothing, but greets who comes.
type greeter struct{}

// Put implements sse.Replayer.
func (greeter) Put(m *sse.Message, _ []string) (*sse.Message, error) { return m, nil }

// Replay implements sse.Replayer.
func (greeter) Replay(s sse.Subscription) error {
	if err := s.Client.Send(goNotice()); err != nil {
		return err
	}
	return s.Client.Flush()
}

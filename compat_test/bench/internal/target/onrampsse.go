package target

import (
	"context"
	"net"
	"net/http"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
)

// onrampSSE sends events to sessions that are detached and that it keeps a list of.
func onrampSSE() http.Handler {
	subscribers := newRoster[*sse.Session]()
	mux := http.NewServeMux()
	mux.Handle(EventsPath, adapter.Handler(sse.Hook(func(x *sse.Session) error {
		if err := subscribers.add(x, func() error { return x.Send(sse.Event{Data: Notice}) }); err != nil {
			return err
		}
		return x.Detach(func(error) { subscribers.remove(x) })
	}, nil)))
	mux.Handle(PublishPath, publishes(func(burst int) error {
		p, err := sse.Prepare(notices(burst)...)
		if err != nil {
			return err
		}
		subscribers.each(func(x *sse.Session) error { return x.TrySendPrepared(p) })
		return nil
	}))
	return mux
}

// serveOnrampHub publishes by a Hub, which keeps events for those who come back.
func serveOnrampHub(ln net.Listener) error {
	const topic = "notices"
	hub := sse.NewHub(&sse.HubOptions{History: true, Store: lastAsHistory{sse.NewMemory(nil)}})
	publish := func(burst int) error { return hub.Publish(context.Background(), topic, notices(burst)...) }
	if err := publish(1); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(EventsPath, adapter.Handler(sse.Hook(func(x *sse.Session) error { return hub.Attach(x, topic) }, nil)))
	mux.Handle(PublishPath, publishes(publish))
	return serveOnDemand(ln, mux)
}

// lastAsHistory is a Store that has one event for a client that comes, by which it knows
// that it follows, and all for one that has fallen behind.
type lastAsHistory struct{ sse.Store }

func (s lastAsHistory) Since(ctx context.Context, topic, id string) (uint64, []sse.Record, error) {
	order, records, err := s.Store.Since(ctx, topic, id)
	if id == "" && len(records) > 1 {
		records = records[len(records)-1:]
	}
	return order, records, err
}

func notices(n int) []sse.Event {
	events := make([]sse.Event, n)
	for i := range events {
		events[i].Data = Notice
	}
	return events
}

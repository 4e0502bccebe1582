package serve

import (
	"context"
	"net/http"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
	"github.com/onramp-go/onramp/sse"
)

// kept is how many events of a topic can be replayed. The store is full before anything
// is measured, so that it does not grow.
const kept = 512

// events adds the event streams. A stream asked for ?for=500ms ends by itself then.
func (s *service) events(mux *http.ServeMux) {
	s.hub = sse.NewHub(&sse.HubOptions{Store: sse.NewMemory(&sse.MemoryOptions{Events: kept})})
	for _, topic := range work.Topics {
		for range kept {
			s.publishEvent(topic)
		}
		mux.Handle(work.EventsPath+topic, adapter.Handler(sse.Hook(func(x *sse.Session) error {
			if d, err := time.ParseDuration(x.Request().FormValue("for")); err == nil {
				defer time.AfterFunc(d, func() { _ = x.Close() }).Stop()
			}
			return s.hub.Follow(x, topic)
		}, nil)))
	}
}

// publishEvent publishes the next event of a topic. Only one goroutine calls it.
func (s *service) publishEvent(topic string) {
	s.published[topic]++
	if err := s.hub.Publish(context.Background(), topic, sse.Event{Data: work.Notice(topic, s.published[topic])}); err != nil {
		s.ledger.faults.add("publish: %v", err)
	}
}

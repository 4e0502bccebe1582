package sse

import (
	"context"
	"sync"
)

// HubOptions says what a [Hub] tells its clients. Its zero value, and nil, select the
// defaults.
type HubOptions struct {
	// Store keeps the events. nil: a [Memory] with its defaults.
	Store Store
	// History gives clients that come without a Last-Event-ID everything that is
	// kept. Without it they get what is published from then on.
	History bool
	// GapEvent is the Name of the event that tells a client that it has missed some
	// which cannot be brought back: see [Hub.Follow]. "": "gap".
	GapEvent string
}

// A Hub sends events to all sessions that follow a topic, and to those that come back
// what they have missed. Its methods may be called from any goroutine.
//
// Publishing never waits for a client. One that does not keep up is treated as its
// session's Policy says; with [Wait] it gets from the Store what did not fit
// into its queue, as soon as it takes more, so that it misses nothing that is kept.
type Hub struct {
	store   Store
	history bool
	gap     string

	mu     sync.Mutex // guards topics and the refs of each
	topics map[string]*topic
}

// A topic exists while somebody follows it or publishes to it.
type topic struct {
	refs int

	publishing sync.Mutex // held from Append until all have it: keeps the order

	mu        sync.Mutex // guards followers
	followers map[*follower]struct{}
}

// NewHub returns a Hub. opts is copied. NewHub panics if GapEvent has a line break
// or NUL.
func NewHub(opts *HubOptions) *Hub {
	var o HubOptions
	if opts != nil {
		o = *opts
	}
	if (Event{Name: o.GapEvent}).check() != nil {
		panic("sse.NewHub: line break or NUL in GapEvent")
	}
	if o.Store == nil {
		o.Store = NewMemory(nil)
	}
	if o.GapEvent == "" {
		o.GapEvent = "gap"
	}
	return &Hub{store: o.Store, history: o.History, gap: o.GapEvent, topics: make(map[string]*topic)}
}

// Publish appends events to the Store and sends them to all who follow name, in one
// write to each. Their IDs are those that the Store gives. What one call publishes is
// never interleaved with another's. The error is [ErrMultiline], or the Store's; then
// nobody gets anything.
func (h *Hub) Publish(ctx context.Context, name string, events ...Event) error {
	for _, ev := range events {
		ev.ID = ""
		if err := ev.check(); err != nil {
			return err
		}
	}
	t := h.topic(name)
	defer h.leave(name, t)
	t.publishing.Lock()
	defer t.publishing.Unlock()
	records, err := h.store.Append(ctx, name, events...)
	if err != nil {
		return err
	}
	return t.deliver(records)
}

// Deliver sends records to all who follow name, for events that somebody else has
// appended to the Store, such as another process that shares it. Records are to be
// delivered in their Order: a session skips what is not behind that which it has. The
// error is ErrMultiline.
func (h *Hub) Deliver(name string, records ...Record) error {
	t := h.topic(name)
	defer h.leave(name, t)
	t.publishing.Lock()
	defer t.publishing.Unlock()
	return t.deliver(records)
}

// deliver hands records to the followers. publishing is held.
func (t *topic) deliver(records []Record) error {
	if len(records) == 0 {
		return nil
	}
	p, err := prepareRecords(records)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for f := range t.followers {
		f.deliver(records, p)
	}
	return nil
}

func (t *topic) add(f *follower) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.followers[f] = struct{}{}
}

func (t *topic) remove(f *follower) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.followers, f)
}

func prepareRecords(records []Record) (*Prepared, error) {
	events := make([]Event, len(records))
	for i, r := range records {
		events[i] = r.Event
	}
	return Prepare(events...)
}

// topic returns the topic with a reference that leave gives back.
func (h *Hub) topic(name string) *topic {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[name]
	if t == nil {
		t = &topic{followers: make(map[*follower]struct{})}
		h.topics[name] = t
	}
	t.refs++
	return t
}

func (h *Hub) leave(name string, t *topic) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t.refs--; t.refs == 0 {
		delete(h.topics, name)
	}
}

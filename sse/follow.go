package sse

import (
	"errors"
	"fmt"
	"sync"
)

// What the Data of a gap event says.
const (
	GapEvicted = "evicted" // some of what the client has missed is not kept any more
	GapUnknown = "unknown" // nobody knows what the client has missed
)

// Follow sends x what the client has missed of the topic name, by its Last-Event-ID,
// and everything that is published from then on: nothing twice, nothing left out, in
// order. It returns when the session ends, with an error that matches stream.ErrClosed,
// or with the Store's, so that its result is what the function of a [Hook] returns.
//
// A client without a Last-Event-ID begins with the next event, or with everything that
// is kept where the Hub has a History. Otherwise its ID decides, and it is never taken
// for more than a position in this very topic:
//
//   - It is known, and everything behind it is kept: the client gets that.
//   - Something behind it is gone: the client gets a gap event that says [GapEvicted],
//     then what is left.
//   - It is made up, of another topic, or of a Store that has begun anew: the client
//     gets a gap event that says [GapUnknown], then what is published from then on.
//
// A gap event has the Hub's GapEvent as Name; the client should then fetch afresh
// whatever its events are about.
func (h *Hub) Follow(x *Session, name string) error {
	wake := make(chan struct{}, 1)
	f := &follower{x: x, behind: true}
	f.fellBehind = func() { wake <- struct{}{} } // empty: Follow has seen the last one before behind was false
	t := h.topic(name)
	defer h.leave(name, t)
	t.add(f) // before the first look into the Store, so that nothing falls between
	defer t.remove(f)
	if err := h.begin(f, name); err != nil {
		return err
	}
	for {
		if err := h.catchUp(f, name); err != nil {
			return err
		}
		if err := x.Start(); err != nil { // the client is to know that it is connected
			return err
		}
		select {
		case <-wake:
		case <-x.Context().Done():
			return gone(x.Context())
		}
	}
}

// A follower is a session that follows a topic.
type follower struct {
	x          *Session
	fellBehind func() // called with mu held, which it must not wait for

	mu     sync.Mutex // guards what follows
	behind bool       // it gets from the Store what is published; one goroutine sees to it
	newest uint64     // Order of what was published meanwhile
	last   uint64     // Order of what it has
	id     string     // the same position in the Store
}

func (f *follower) at(id string, order uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.id, f.last = id, order
}

// announced returns the Order of the latest record that was published while f was behind.
func (f *follower) announced() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.newest
}

// deliver sends what is new of records, which p holds, or notes that there is something.
func (f *follower) deliver(records []Record, p *Prepared) {
	f.mu.Lock()
	defer f.mu.Unlock()
	latest := records[len(records)-1]
	if latest.Order <= f.last {
		return
	}
	if !f.behind && records[0].Order > f.last {
		switch err := f.x.TrySendPrepared(p); {
		case err == nil:
			f.id, f.last = latest.ID, latest.Order
			return
		case f.x.Context().Err() != nil:
			return
		}
	}
	f.newest = max(f.newest, latest.Order)
	if !f.behind {
		f.behind = true
		f.fellBehind()
	}
}

// begin finds where f begins.
func (h *Hub) begin(f *follower, name string) error {
	if f.id = f.x.LastEventID(); f.id != "" {
		return nil
	}
	if !h.history {
		return h.skip(f, name, nil)
	}
	id, order, err := h.store.Last(f.x.Context(), name)
	if err != nil {
		return err
	}
	_, records, err := h.store.Since(f.x.Context(), name, "")
	if len(records) == 0 {
		f.at(id, order) // what comes after this look is behind it
	}
	if err != nil {
		return err
	}
	return f.replay(records, nil)
}

// skip goes on with what is published from now on, which it tells the client, so that
// it can come back to that.
func (h *Hub) skip(f *follower, name string, gap *Event) error {
	id, order, err := h.store.Last(f.x.Context(), name)
	if err != nil {
		return err
	}
	m := newMessage()
	defer m.free()
	if gap != nil {
		gap.ID = id
		err = m.add(*gap)
	} else {
		err = m.mark(id)
	}
	if err == nil {
		err = f.x.send(m, false, patient)
	}
	if err == nil {
		f.at(id, order)
	}
	return err
}

// catchUp sends f what the Store has for it, until there is nothing more.
func (h *Hub) catchUp(f *follower, name string) error {
	for {
		announced := f.announced()
		order, records, err := h.store.Since(f.x.Context(), name, f.id)
		evicted := errors.Is(err, ErrEvicted)
		switch {
		case errors.Is(err, ErrUnknownID):
			err = h.skip(f, name, &Event{Name: h.gap, Data: GapUnknown})
		case evicted && len(records) == 0:
			err = h.skip(f, name, &Event{Name: h.gap, Data: GapEvicted})
		case evicted:
			err = f.replay(records, &Event{Name: h.gap, Data: GapEvicted})
		case err == nil:
			f.at(f.id, order)
			err = f.replay(records, nil)
		}
		if err != nil {
			return err
		}
		f.mu.Lock()
		if f.newest <= f.last {
			f.behind = false
			f.mu.Unlock()
			return nil
		}
		last := f.last
		f.mu.Unlock()
		if announced > last {
			return fmt.Errorf("sse: the store does not have what was delivered: %d of %q", announced, name)
		}
	}
}

// replay sends records, with gap ahead of them unless it is nil, in as few writes as
// the session's queue allows.
func (f *follower) replay(records []Record, gap *Event) error {
	m := newMessage()
	defer m.free()
	if gap != nil {
		_ = m.add(*gap) // checked when the Hub was made
	}
	for i, r := range records {
		if err := m.add(r.Event); err != nil {
			return err
		}
		if m.size() < batchSize && m.size() < f.x.opts.QueueSize && i < len(records)-1 {
			continue
		}
		if err := f.sendBatch(m); err != nil {
			return err
		}
		f.at(r.ID, r.Order)
		m.reset()
	}
	return nil
}

// sendBatch sends m however long that takes. What is too large for the queue together
// is sent one by one; what is so by itself is dropped, and counted.
func (f *follower) sendBatch(m *message) error {
	err := f.x.send(m, false, patient)
	if !errors.Is(err, ErrTooLarge) {
		return err
	}
	text, start := m.text(), 0
	one := newMessage()
	defer one.free()
	for _, p := range m.parts {
		end := p.end - headroom
		one.reset()
		one.p = append(one.p, text[start:end]...)
		one.parts = append(one.parts, part{len(one.p), p.name, p.event})
		start = end
		if err := f.x.send(one, false, patient); errors.Is(err, ErrTooLarge) {
			f.x.drop()
		} else if err != nil {
			return err
		}
	}
	return nil
}

package adapter

import (
	"slices"

	"github.com/onramp-go/onramp/stream"
)

// Tag marks the exchange of c, and with it the event stream or WebSocket that it has or
// is going to have, as one that [Adapter.CloseTagged] ends. A tag is the application's,
// such as the name of a user or of a session; an exchange may have several. It is kept as
// long as the handlers around the caller run, or the stream goes on.
//
// Tag before looking whether the client may have a stream at all: then a revocation that
// comes in between still finds it. Tag is to be called by the goroutine that runs the hook.
func Tag(c *stream.Context, tag string) {
	k, ok := c.Exchange().Owner().(interface{ keeper() *owner })
	if !ok {
		return // an owner of another package's, which closes nothing
	}
	o := k.keeper()
	l, known := lastingKey.Get(c)
	if !known {
		l = &lasting{served: true}
		lastingKey.Set(c, l)
		c.Exchange().OnLeave(func(bool) { o.left(l) })
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if l.tags == nil {
		l.tags = &tags{}
	}
	if !l.served && !l.going || slices.Contains(l.tags.all, tag) {
		return // it is over, or has it
	}
	l.tags.all = append(l.tags.all, tag)
	o.index(l)
}

// tags are those of an exchange. The adapter's mu guards them.
type tags struct {
	all    []string
	closed bool  // by one of them
	reason error // for that
}

func (t *tags) clone() *tags {
	if t == nil {
		return nil
	}
	return &tags{slices.Clone(t.all), t.closed, t.reason}
}

// verdict reports whether one of the tags was closed, and why.
func (t *tags) verdict() (closed bool, reason error) {
	if t == nil {
		return false, nil
	}
	return t.closed, t.reason
}

// index makes l known by its tags. mu is held.
func (o *owner) index(l *lasting) {
	if l.tags == nil {
		return
	}
	for _, tag := range l.tags.all {
		if o.tagged == nil {
			o.tagged = make(map[string]map[*lasting]struct{})
		}
		if o.tagged[tag] == nil {
			o.tagged[tag] = make(map[*lasting]struct{})
		}
		o.tagged[tag][l] = struct{}{}
	}
}

// CloseTagged ends the event streams and WebSockets that have the tag, on every carrier,
// and returns how many it has told to. An event stream ends in good order; a WebSocket is
// closed with the code and text of reason if that is a close error, else with 1008; nil
// ends both as a shutdown does. What the handlers of an exchange that was tagged before
// begin later ends as it begins. It does not wait, and does not hinder clients from
// coming back: whoever lets them in has to know first.
//
// Streams belong to the outermost Adapter around their route.
func (a *Adapter) CloseTagged(tag string, reason error) int {
	a.mu.Lock()
	var ends []func(error)
	for l := range a.tagged[tag] {
		if !l.tags.closed {
			l.tags.closed, l.tags.reason = true, reason
		}
		if l.going {
			ends = append(ends, l.end)
		}
	}
	a.mu.Unlock()
	for _, end := range ends {
		end(reason)
	}
	return len(ends)
}

// CloseTagged is [Adapter.CloseTagged] for what the Server serves.
func (s *Server) CloseTagged(tag string, reason error) int {
	s.mu.Lock()
	a := s.adapter
	s.mu.Unlock()
	if a == nil {
		return 0
	}
	return a.CloseTagged(tag, reason)
}

// keeper returns the owner below whatever embeds it.
func (o *owner) keeper() *owner { return o }

// left is called when the handlers that have tagged l have returned.
func (o *owner) left(l *lasting) {
	o.mu.Lock()
	defer o.mu.Unlock()
	l.served = false
	o.untag(l)
}

// untag forgets the tags of what is over. mu is held.
func (o *owner) untag(l *lasting) {
	if l.going || l.served || l.tags == nil {
		return
	}
	for _, tag := range l.tags.all {
		if delete(o.tagged[tag], l); len(o.tagged[tag]) == 0 {
			delete(o.tagged, tag)
		}
	}
	l.tags.all = nil
}

package sse

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/onramp-go/onramp/stream"
)

// A mode says what a send does when the queue is full.
type mode uint8

const (
	byPolicy mode = iota // what Options.Policy says
	trying               // the same, but it never waits
	patient              // it waits for as long as the session lives
)

// Send sends ev, or queues it when the client does not keep up: what happens to it
// when the queue is full, and how long Send may wait then, is said by Options. It
// returns when ev was accepted; use [Session.Flush] to wait until it is out.
//
// The errors are [ErrMultiline], [ErrTooLarge], os.ErrDeadlineExceeded and
// stream.ErrBufferFull under the policy Wait, and, once the session is over, one that
// matches stream.ErrClosed: [ErrEnded], [ErrSlow], or what became of the client. With
// any of them nothing of ev is sent.
func (x *Session) Send(ev Event) error { return x.sendEvents(byPolicy, ev) }

// TrySend is Send, but under the policy Wait, too, it does not wait: when the queue is
// full, the error is stream.ErrBufferFull.
func (x *Session) TrySend(ev Event) error { return x.sendEvents(trying, ev) }

// SendList is Send for several events: they are accepted together, or none of them, and
// go out in one write.
func (x *Session) SendList(events ...Event) error { return x.sendEvents(byPolicy, events...) }

// SendPrepared is SendList for events that were encoded before.
func (x *Session) SendPrepared(p *Prepared) error { return x.send(&p.m, true, byPolicy) }

// TrySendPrepared is SendPrepared, but never waits, as TrySend.
func (x *Session) TrySendPrepared(p *Prepared) error { return x.send(&p.m, true, trying) }

// Comment sends a comment, which clients read and ignore, one for each line of text.
func (x *Session) Comment(text string) error {
	m := newMessage()
	defer m.free()
	m.comment(text)
	return x.send(m, false, byPolicy)
}

// Start sends the head of the response, unless that has happened, so that the client
// knows that it is connected before there is an event.
func (x *Session) Start() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.head == nil {
		return x.err
	}
	m := newMessage()
	defer m.free()
	return x.offer(m, false, patient)
}

func (x *Session) sendEvents(how mode, events ...Event) error {
	m := newMessage()
	defer m.free()
	for _, ev := range events {
		if err := m.add(ev); err != nil {
			return err
		}
	}
	return x.send(m, false, how)
}

func (x *Session) send(m *message, shared bool, how mode) error {
	if len(m.parts) == 0 {
		return nil
	}
	dropped, below, err := x.locked(m, shared, how)
	tellDrops(below, dropped, err)
	return err
}

// locked offers m. A response hook that panics, at the first event, must not leave the
// session locked.
func (x *Session) locked(m *message, shared bool, how mode) (dropped int64, below carrier, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	err = x.offer(m, shared, how)
	return x.queue.news(), x.below(), err
}

// A carrier is what is below a session: its exchange or, when that is over, its feed.
type carrier interface {
	Drops(count int64, refused bool)
	Ending(err error)
	Cut(reason error)
}

// below returns nil when the session has come to its end. mu is held.
func (x *Session) below() carrier {
	switch {
	case x.feed != nil:
		return x.feed
	case x.exchange != nil:
		return x.exchange
	}
	return nil
}

// tellDrops tells the owner's observer what was dropped, and of a send that err has
// refused. No lock is held.
func tellDrops(below carrier, dropped int64, err error) {
	if below == nil {
		return
	}
	below.Drops(dropped, false)
	if err == stream.ErrBufferFull || err == os.ErrDeadlineExceeded {
		below.Drops(1, true)
	}
}

// offer sends m or queues it. mu is held, and given up while it waits.
func (x *Session) offer(m *message, shared bool, how mode) error {
	size := len(m.text())
	var expired <-chan time.Time
	for {
		if err := x.refusal(); err != nil {
			return err
		}
		if size > x.opts.QueueSize {
			return ErrTooLarge
		}
		if !x.draining {
			if err := x.now(m); err == nil || !errors.Is(err, stream.ErrBufferFull) {
				return err
			}
		}
		if x.makeRoom(m, size, how) {
			x.queue.push(m, shared)
			x.drainQueue()
			return nil
		}
		switch {
		case x.opts.Policy == End && how != patient:
			x.cut(ErrSlow)
			return ErrSlow
		case how == trying:
			return stream.ErrBufferFull
		}
		if expired == nil && how == byPolicy && x.opts.SendTimeout > 0 {
			t := time.NewTimer(x.opts.SendTimeout)
			defer t.Stop()
			expired = t.C
		}
		if !x.waitMove(x.done(), expired) {
			return os.ErrDeadlineExceeded
		}
	}
}

// makeRoom reports whether size more bytes can be queued, for which it drops what the
// policy says.
func (x *Session) makeRoom(m *message, size int, how mode) bool {
	room := x.opts.QueueSize - size
	if x.queue.size > room && how != patient {
		switch x.opts.Policy {
		case KeepLatest:
			x.queue.dropOvertaken(m)
			x.queue.dropOldest(room)
		case DropOldest:
			x.queue.dropOldest(room)
		}
	}
	return x.queue.size <= room
}

// now hands m to the stream, unless something waits there. mu is held, and nothing is
// queued.
func (x *Session) now(m *message) error {
	p := m.wire(x.chunked)
	if x.direct {
		err := x.out.TrySendDirect(p)
		if err == nil {
			x.wrote()
			return nil
		}
		return x.refused(err)
	}
	if x.stream.Queued() > 0 {
		return stream.ErrBufferFull
	}
	if x.head != nil {
		if x.headOnly {
			p = nil
		}
		p = slices.Concat(x.head, p)
	}
	x.one[0] = p
	err := x.exchange.Offer(x.one[:])
	x.one[0] = nil
	if err != nil {
		return x.refused(err)
	}
	x.opened()
	x.wrote()
	if x.headOnly {
		return x.err
	}
	return nil
}

// refused deals with an err of the stream.
func (x *Session) refused(err error) error {
	if errors.Is(err, stream.ErrBufferFull) {
		return err
	}
	x.fail(err)
	return x.err
}

// opened notes that the head was sent: from now on events need not be looked at on their
// way out.
func (x *Session) opened() {
	x.head = nil
	if !x.headOnly {
		x.out, x.direct = x.exchange.Sender()
	}
}

// wrote notes that something was sent: all there is, to a HEAD.
func (x *Session) wrote() {
	if x.beat != nil {
		x.last = time.Now()
	}
	if x.headOnly && x.err == nil {
		x.refuse(ErrEnded)
	}
}

// refusal returns why nothing is accepted any more.
func (x *Session) refusal() error {
	if x.err == nil && x.ctx.Err() != nil && !late(x.ctx) {
		x.refuse(gone(x.ctx))
	}
	return x.err
}

// late reports whether it is a deadline that has ended ctx, as middleware may have put one
// into the request beneath the exchange: there the client is, and may be told.
func late(ctx context.Context) bool {
	return errors.Is(context.Cause(ctx), context.DeadlineExceeded)
}

// done is closed when there is no use in waiting for the client. mu is held.
func (x *Session) done() <-chan struct{} {
	if late(x.ctx) {
		return nil
	}
	return x.ctx.Done()
}

// gone returns why ctx has ended, as an error that matches stream.ErrClosed.
func gone(ctx context.Context) error {
	if err := context.Cause(ctx); errors.Is(err, stream.ErrClosed) {
		return err
	}
	return stream.ErrClosed
}

// waitMove waits for the next change of the queue, or done. It reports false when expired
// came first. mu is given up meanwhile.
func (x *Session) waitMove(done <-chan struct{}, expired <-chan time.Time) bool {
	if x.moved == nil {
		x.moved = make(chan struct{})
	}
	moved := x.moved
	x.mu.Unlock()
	defer x.mu.Lock()
	select {
	case <-moved:
	case <-done:
	case <-expired:
		return false
	}
	return true
}

// move wakes whoever waits for a change.
func (x *Session) move() {
	if x.moved != nil {
		close(x.moved)
		x.moved = nil
	}
}

package sse

import "strconv"

// batchSize is how much of the queue goes out in one write, in bytes, unless a single
// event is larger.
const batchSize = 32 << 10

// drainQueue has the queue emptied, by a goroutine that exists only until it is. mu is
// held.
func (x *Session) drainQueue() {
	if !x.draining {
		x.draining = true
		go x.drain()
	}
}

func (x *Session) drain() {
	m := newMessage()
	defer m.free()
	var frames [3][]byte
	for {
		out := x.next(m, frames[:0])
		if out == nil {
			return
		}
		err := x.deliver(out)
		x.mu.Lock()
		if err != nil {
			x.fail(err)
		} else {
			if x.stream != nil && !x.direct {
				x.opened()
			}
			x.wrote()
		}
		x.move()
		x.mu.Unlock()
	}
}

// deliver sends a batch. It stands outside of mu: only the drainer makes direct true
// meanwhile.
func (x *Session) deliver(frames [][]byte) (err error) {
	if x.direct {
		return x.out.Send(frames...)
	}
	returned := false
	defer x.exchange.Contain(&returned, func(exits bool) { // of response hooks
		err = errFallen
		x.mu.Lock()
		defer x.mu.Unlock()
		x.cut(err)
		if exits {
			go x.drain() // in the place of this goroutine
		}
	})
	err = x.stream.SendList(frames)
	returned = true
	return err
}

// next takes the next batch out of the queue. It returns nil when there is nothing more
// to be sent, and nobody drains from then on.
func (x *Session) next(m *message, frames [][]byte) [][]byte {
	x.mu.Lock()
	defer x.mu.Unlock()
	m.reset()
	if x.dead == nil && x.queue.untold > 0 && x.opts.MissedEvent != "" {
		_ = m.add(Event{Name: x.opts.MissedEvent, Data: strconv.FormatInt(x.queue.untold, 10)})
		x.queue.untold = 0
	}
	x.queue.take(m, batchSize)
	last := x.ending && x.queue.empty()
	switch {
	case x.dead != nil:
	default:
		if x.head != nil {
			frames, x.head = append(frames, x.head), nil
		}
		if p := m.wire(x.chunked); len(p) > 0 {
			frames = append(frames, p)
		}
		if last {
			frames, x.ending = x.appendLast(frames), false
		}
		if len(frames) > 0 {
			return frames
		}
	}
	x.draining = false
	if x.direct {
		x.out.Ease()
	} else {
		x.exchange.Ease()
	}
	x.move()
	return nil
}

// drop counts an event that can never be sent, when those ahead of it are on their way:
// what the client is told of it comes ahead of what is queued.
func (x *Session) drop() {
	x.mu.Lock()
	for x.err == nil && !x.queue.empty() {
		x.waitMove(x.done(), nil)
	}
	x.queue.count(item{event: true})
	dropped, below := x.queue.news(), x.below()
	if x.err == nil && x.opts.MissedEvent != "" {
		x.drainQueue()
	}
	x.mu.Unlock()
	tellDrops(below, dropped, nil)
}

// appendLast appends what ends the response.
func (x *Session) appendLast(frames [][]byte) [][]byte {
	if !x.chunked {
		return frames
	}
	return append(frames, []byte(lastChunk))
}

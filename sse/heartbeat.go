package sse

import "time"

// heartbeat is a comment without text.
var heartbeat = func() *message {
	m := new(message)
	m.reset()
	m.comment("")
	m.seal()
	return m
}()

// pulse sends a heartbeat if nothing was sent for as long as Options say. The timer is
// not set anew for each event: it looks when the last one was.
func (x *Session) pulse() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.refusal() != nil {
		return
	}
	every := x.opts.Heartbeat
	if quiet := time.Since(x.last); quiet < every {
		x.beat.Reset(every - quiet)
		return
	}
	if !x.draining && x.queued() == 0 { // else the client has something to read
		x.offerBeat()
	}
	if x.err == nil {
		x.beat.Reset(every)
	}
}

// offerBeat sends the first bytes of a session that has no event yet, which response hooks
// are called for, on the timer's goroutine. mu is held, and given up while an Observer is told
// of their panic.
func (x *Session) offerBeat() {
	returned := false
	defer func() {
		if x.telling {
			x.mu.Lock()
			x.telling = false
			x.move()
		}
	}()
	defer x.exchange.Contain(&returned, func(bool) {
		x.cut(errFallen)
		x.telling = true
		x.mu.Unlock()
	})
	_ = x.offer(heartbeat, true, trying)
	returned = true
}

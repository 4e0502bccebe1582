package http1

import (
	"sync"
	"time"
)

const (
	flushSize = 4 << 10   // Write holds back no more than this
	sliceSize = 256 << 10 // the most that is handed over under one deadline
	joinSize  = 16 << 10  // frames up to this in sum are copied together instead of gathered
)

// Outbound orders everything that leaves on one carrier. Whoever writes holds the
// turn; bytes accepted meanwhile wait in a queue bounded in bytes, which a
// goroutine drains that exists only as long as there is something to drain.
//
// All methods may be called from any goroutine. After the first failed write the
// Outbound is dead: not one more byte goes out and every call returns the reason,
// which matches [ErrClosed].
//
// The fields come in the order in which a TrySend looks at them: a broadcast finds
// none of them in a cache, and pays for each line. Those of one that the sink takes as a
// whole fill two lines.
type Outbound struct {
	own   connSink // the sink, if that is ours
	mu    sync.Mutex
	busy  bool   // somebody holds the turn
	quick bool   // the sink is ours: all but its Write may be called with mu held
	blind bool   // its TryWrite takes nothing
	waits wait   // what the holder of the turn waits for
	sent  int64  // bytes that the sink has got
	err   error  // the reason of death
	shut  error  // why nothing is accepted any more: see TryLast
	limit int    // most bytes that may wait in the queue
	buf   []byte // accepted, in order, not in anybody's hands

	inflight int // accepted bytes that the holder of the turn has in hand; else 0
	ahead    int // accepted bytes of earlier responses, in front of all others
	sink     Sink
	pooled   *[]byte       // where buf came from
	waiters  []*waiter     // first come, first served
	timeout  time.Duration // for each write that waits for the peer; 0: none
	sweeps   int32         // that long, 0: to be exact
	left     int32         // of these for the write under way, 0: it is bounded in time
	deadline time.Time     // replaces timeout while it is not zero
	earlier  time.Time     // the deadline for what is ahead
	single   [1][]byte     // of whoever holds the turn, for a lone buffer
	onDeath  func(error)   // called once, with mu held
}

// NewOutbound returns an Outbound over sink that queues up to limit bytes. A write
// that waits longer than timeout for the peer kills it; zero waits for ever.
func NewOutbound(sink Sink, limit int, timeout time.Duration, onDeath func(error)) *Outbound {
	return &Outbound{sink: sink, limit: limit, timeout: timeout, onDeath: onDeath}
}

// TrySend accepts all frames or none, and never waits for the peer. f says whether
// they may go out; nil lets everything pass. The error is what f says,
// [ErrBufferFull], or the reason of death.
func (o *Outbound) TrySend(f *Follower, frames ...[]byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if f == nil && len(frames) == 1 && o.quick && o.shut == nil && !o.busy && len(o.buf) == 0 && len(frames[0]) <= o.limit {
		return o.pass(frames[0]) // as all that follows does, for a broadcast
	}
	if err := o.refusal(f); err != nil {
		return err
	}
	if o.pending()+size(frames) > o.limit {
		return ErrBufferFull
	}
	frames, err := f.admit(frames)
	if err != nil {
		return err
	}
	if size(frames) == 0 {
		return nil
	}
	if o.busy {
		o.append(frames)
		return nil
	}
	return o.push(frames)
}

// TryPush hands over what the peer takes now of what is held back, and leaves the
// rest to the drainer.
func (o *Outbound) TryPush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil || o.busy || len(o.buf) == 0 || o.expired() {
		return o.err
	}
	return o.push(nil)
}

// Send returns once the sink has all frames and everything accepted before them.
// It fails with what f says, with os.ErrDeadlineExceeded when its turn does not
// come in time (then nothing was sent), or with the reason of death.
func (o *Outbound) Send(f *Follower, frames ...[]byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil && o.shut != nil {
		return o.shut // now: what is before it may never leave
	}
	if err := o.acquire(); err != nil {
		return err
	}
	defer o.release()
	if o.shut != nil {
		return o.shut
	}
	frames, err := f.admit(frames)
	if err != nil {
		return err
	}
	return o.write(frames)
}

// Write accepts frames and hands them over with what is held back, unless all of it
// is small enough to wait for a Flush.
func (o *Outbound) Write(frames ...[]byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if !o.busy && len(o.buf)+size(frames) <= flushSize {
		o.append(frames)
		return nil
	}
	if err := o.acquire(); err != nil {
		return err
	}
	defer o.release()
	return o.write(frames)
}

// WriteThrough is Write for the end of a response that nothing is known to follow: p is
// handed over at once, as a rule, so that it need not be kept for the Flush.
func (o *Outbound) WriteThrough(p []byte) error {
	o.mu.Lock()
	free := o.err == nil && o.quick && !o.busy && len(o.buf) == 0 && o.ahead == 0 && !passed(o.deadline)
	if free && o.blind && len(p) <= sliceSize {
		return o.lone(p)
	}
	defer o.mu.Unlock()
	if free && !o.blind {
		n, err := o.own.TryWrite(p)
		if err != nil {
			return o.die(err)
		}
		o.sent += int64(n)
		if p = p[n:]; len(p) == 0 {
			return nil
		}
	}
	return o.writeRest(p)
}

// writeRest is the rest of WriteThrough. It stands apart because its stack is not needed as a
// rule, and that of a connection's first request is nearly used up.
//
//go:noinline
func (o *Outbound) writeRest(p []byte) error {
	if err := o.acquire(); err != nil {
		return err
	}
	defer o.release()
	return o.write([][]byte{p})
}

// Flush returns once nothing waits any more.
func (o *Outbound) Flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.flush()
}

// FlushAll is Flush before a pause: it gives the buffer back.
func (o *Outbound) FlushAll() error {
	o.mu.Lock()
	if !o.busy && o.buf == nil { // as a rule what was sent last has left already
		err := o.err
		o.mu.Unlock()
		return err
	}
	defer o.mu.Unlock()
	err := o.flush()
	o.rest()
	return err
}

// flush is Flush with mu held.
func (o *Outbound) flush() error {
	if o.err != nil || (!o.busy && len(o.buf) == 0) {
		return o.err
	}
	if o.quick && !o.blind && !o.busy && o.ahead == 0 && !o.expired() { // as a rule it is done at once
		n, err := o.sink.TryWrite(o.buf)
		if err != nil {
			return o.die(err)
		}
		o.sent += int64(n)
		if o.buf = o.buf[:copy(o.buf, o.buf[n:])]; len(o.buf) == 0 {
			return nil
		}
	}
	if err := o.acquire(); err != nil {
		return err
	}
	defer o.release()
	return o.write(nil)
}

// Exclusive runs fn with the turn, after everything accepted has been handed
// over, so that fn may write to the connection itself, which the deadline ends. An
// error of fn kills the Outbound.
func (o *Outbound) Exclusive(fn func() error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.acquire(); err != nil {
		return err
	}
	defer o.release()
	if err := o.write(nil); err != nil {
		return err
	}
	if err := o.await(waitsForCopy, fn); err != nil {
		_ = o.die(err) // what fn says is told to its caller as it is
		return err
	}
	return nil
}

// die makes err the reason of death, unless there is one. mu is held.
func (o *Outbound) die(err error) error {
	if o.err == nil {
		if _, ok := err.(*ClosedError); !ok {
			err = &ClosedError{Cause: err}
		}
		o.err = err
		o.buf, o.inflight = nil, 0
		if o.onDeath != nil {
			o.onDeath(o.err) // first: whoever reads from the sink learns the reason, not its effect
		}
		o.sink.Abort()
	}
	return o.err
}

// Kill ends the Outbound at once; what it still holds is lost.
func (o *Outbound) Kill(reason error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.die(reason)
}

// Err returns the reason of death, nil while it lives.
func (o *Outbound) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// Pending returns how many accepted bytes the sink does not have yet.
func (o *Outbound) Pending() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.pending()
}

// pending is Pending with mu held.
func (o *Outbound) pending() int {
	if !o.busy {
		return len(o.buf)
	}
	return o.inflight + len(o.buf)
}

// Sent returns how many bytes the sink has got.
func (o *Outbound) Sent() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sent
}

// Locked runs fn while nothing can be accepted.
func (o *Outbound) Locked(fn func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	fn()
}

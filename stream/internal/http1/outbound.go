package http1

import (
	"fmt"
	"net"
	"os"
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
type Outbound struct {
	sink    Sink
	limit   int              // most bytes that may wait in the queue
	timeout time.Duration    // for each write that waits for the peer; 0: none
	onDeath func(error)      // called once, with mu held
	now     func() time.Time // time.Now

	mu       sync.Mutex
	buf      []byte    // accepted, in order, not in anybody's hands
	inflight int       // accepted bytes the drainer holds
	busy     bool      // somebody holds the turn
	waiters  []*waiter // first come, first served
	deadline time.Time // replaces timeout while it is not zero
	err      error
}

type waiter struct{ ready chan struct{} }

// NewOutbound returns an Outbound over sink that queues up to limit bytes. A write
// that waits longer than timeout for the peer kills it; zero waits for ever.
func NewOutbound(sink Sink, limit int, timeout time.Duration, onDeath func(error)) *Outbound {
	return &Outbound{sink: sink, limit: limit, timeout: timeout, onDeath: onDeath, now: time.Now}
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
	if err := f.refusal(); err != nil {
		return err
	}
	if o.inflight+len(o.buf)+size(frames) > o.limit {
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
	if o.err != nil || o.busy || len(o.buf) == 0 {
		return o.err
	}
	return o.push(nil)
}

// push tries buf and frames on the sink and starts the drainer for the rest. mu is
// held and nobody has the turn.
func (o *Outbound) push(frames [][]byte) error {
	var p []byte
	whole := len(o.buf) == 0 && len(frames) == 1
	if whole {
		p = frames[0]
	} else {
		o.append(frames)
		p = o.buf
	}
	n, err := o.sink.TryWrite(p)
	if err != nil {
		return o.die(err)
	}
	switch {
	case n == len(p):
		o.buf = o.buf[:0]
		return nil
	case whole:
		o.buf = append(o.buf, p[n:]...)
	default:
		o.buf = o.buf[:copy(o.buf, o.buf[n:])]
	}
	o.busy = true
	go o.drain()
	return nil
}

// drain writes the queue until it is empty or somebody waits for the turn. It
// starts with the turn.
func (o *Outbound) drain() {
	defer func() {
		// A sink may be somebody's http.ResponseWriter: its panic must not
		// end the process from a goroutine nobody can recover in.
		if v := recover(); v != nil {
			o.mu.Lock()
			o.die(fmt.Errorf("panic in write: %v", v))
			o.busy = false
			o.mu.Unlock()
		}
	}()
	o.mu.Lock()
	for o.err == nil && len(o.buf) > 0 && len(o.waiters) == 0 {
		p := o.buf
		o.buf, o.inflight = nil, len(p)
		for o.err == nil && len(p) > 0 {
			n := min(len(p), sliceSize)
			d := o.expiry()
			o.mu.Unlock()
			err := o.sink.Write(net.Buffers{p[:n]}, d)
			o.mu.Lock()
			p = p[n:]
			o.inflight = len(p)
			if err != nil {
				o.die(err)
			}
		}
	}
	o.inflight = 0
	o.release()
	o.mu.Unlock()
}

// Send returns once the sink has all frames and everything accepted before them.
// It fails with what f says, with os.ErrDeadlineExceeded when its turn does not
// come in time (then nothing was sent), or with the reason of death.
func (o *Outbound) Send(f *Follower, frames ...[]byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.acquire(o.expiry()); err != nil {
		return err
	}
	defer o.release()
	frames, err := f.admit(frames)
	if err != nil {
		return err
	}
	return o.write(frames)
}

// Write accepts p and hands it over with what is held back, unless all of it is
// small enough to wait for a Flush.
func (o *Outbound) Write(p []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if !o.busy && len(o.buf)+len(p) <= flushSize {
		o.buf = append(o.buf, p...)
		return nil
	}
	if err := o.acquire(o.expiry()); err != nil {
		return err
	}
	defer o.release()
	return o.write([][]byte{p})
}

// Flush returns once nothing waits any more.
func (o *Outbound) Flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil || (!o.busy && len(o.buf) == 0) {
		return o.err
	}
	if err := o.acquire(o.expiry()); err != nil {
		return err
	}
	defer o.release()
	return o.write(nil)
}

// Exclusive runs fn with the turn, after everything accepted has been handed
// over, so that fn may write to the connection itself, until deadline. An error of
// fn kills the Outbound.
func (o *Outbound) Exclusive(fn func(deadline time.Time) error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.acquire(o.expiry()); err != nil {
		return err
	}
	defer o.release()
	if err := o.write(nil); err != nil {
		return err
	}
	d := o.deadline // sendfile makes progress that cannot be seen: no time-out of its own
	o.mu.Unlock()
	err := fn(d)
	o.mu.Lock()
	if err != nil && o.err == nil {
		o.die(err)
	}
	return err
}

// write hands buf and frames to the sink. mu and the turn are held; mu is given up
// while the sink waits.
func (o *Outbound) write(frames [][]byte) error {
	if o.err != nil {
		return o.err
	}
	d := o.expiry()
	if !d.IsZero() && o.deadline.Equal(d) && !o.now().Before(d) {
		return o.die(os.ErrDeadlineExceeded)
	}
	if size(frames) <= joinSize && (len(frames) != 1 || len(o.buf) > 0) {
		o.append(frames)
		frames = nil
	}
	bufs := make(net.Buffers, 0, 1+len(frames))
	own := o.buf
	o.buf = nil
	if len(own) > 0 {
		bufs = append(bufs, own)
	}
	for _, p := range frames {
		if len(p) > 0 {
			bufs = append(bufs, p)
		}
	}
	if len(bufs) == 0 {
		o.buf = own[:0]
		return nil
	}
	fixed := !o.deadline.IsZero()
	o.mu.Unlock()
	err := o.hand(bufs, d, fixed)
	o.mu.Lock()
	if err != nil {
		return o.die(err)
	}
	if o.buf == nil && cap(own) <= sliceSize {
		o.buf = own[:0]
	}
	return o.err
}

// hand gives bufs to the sink in slices, so that the time-out holds for each slice
// and a large body may take as long as the peer goes on reading. A fixed deadline
// holds for all of it.
func (o *Outbound) hand(bufs net.Buffers, deadline time.Time, fixed bool) error {
	if len(bufs) == 1 {
		n, err := o.sink.TryWrite(bufs[0])
		if err != nil || n == len(bufs[0]) {
			return err
		}
		bufs[0] = bufs[0][n:]
	}
	for len(bufs) > 0 {
		var slice net.Buffers
		slice, bufs = cut(bufs, sliceSize)
		if err := o.sink.Write(slice, deadline); err != nil {
			return err
		}
		if o.timeout > 0 && !fixed {
			deadline = later(deadline, o.now().Add(o.timeout))
		}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// cut splits bufs behind the first n bytes.
func cut(bufs net.Buffers, n int) (head, rest net.Buffers) {
	for i, p := range bufs {
		if len(p) > n {
			head = append(append(net.Buffers{}, bufs[:i]...), p[:n])
			bufs[i] = p[n:]
			return head, bufs[i:]
		}
		n -= len(p)
	}
	return bufs, nil
}

// acquire waits for the turn. mu is held, and given up meanwhile.
func (o *Outbound) acquire(deadline time.Time) error {
	if o.err != nil {
		return o.err
	}
	if !o.busy {
		o.busy = true
		return nil
	}
	var expired <-chan time.Time
	if !deadline.IsZero() {
		t := time.NewTimer(deadline.Sub(o.now()))
		defer t.Stop()
		expired = t.C
	}
	w := &waiter{make(chan struct{})}
	o.waiters = append(o.waiters, w)
	o.mu.Unlock()
	granted := true
	select {
	case <-w.ready:
	case <-expired:
		granted = false
	}
	o.mu.Lock()
	if !granted && o.leave(w) {
		return os.ErrDeadlineExceeded
	}
	if o.err != nil {
		o.release()
		return o.err
	}
	return nil
}

// leave takes w out of the line; false: w already has the turn.
func (o *Outbound) leave(w *waiter) bool {
	for i, x := range o.waiters {
		if x == w {
			o.waiters = append(o.waiters[:i], o.waiters[i+1:]...)
			return true
		}
	}
	return false
}

// release passes the turn on: to the next in line, to the drainer if bytes were
// accepted meanwhile, or to nobody. mu is held.
func (o *Outbound) release() {
	switch {
	case len(o.waiters) > 0:
		w := o.waiters[0]
		o.waiters = o.waiters[1:]
		close(w.ready)
	case o.err == nil && len(o.buf) > 0:
		go o.drain()
	default:
		o.busy = false
	}
}

// die makes err the reason of death, unless there is one. mu is held.
func (o *Outbound) die(err error) error {
	if o.err == nil {
		if _, ok := err.(*ClosedError); !ok {
			err = &ClosedError{Cause: err}
		}
		o.err = err
		o.buf = nil
		o.sink.Abort()
		if o.onDeath != nil {
			o.onDeath(o.err)
		}
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
	return o.inflight + len(o.buf)
}

// SetDeadline replaces the time-out of each write by one point in time; the zero
// time goes back to the time-out.
func (o *Outbound) SetDeadline(t time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.deadline = t
}

// Settle returns when nobody writes to the sink any more, dead or alive.
func (o *Outbound) Settle() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.busy {
		w := &waiter{make(chan struct{})}
		o.waiters = append(o.waiters, w)
		o.mu.Unlock()
		<-w.ready
		o.mu.Lock()
		o.release()
	}
}

// Locked runs fn while nothing can be accepted.
func (o *Outbound) Locked(fn func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	fn()
}

func (o *Outbound) expiry() time.Time {
	if !o.deadline.IsZero() || o.timeout <= 0 {
		return o.deadline
	}
	return o.now().Add(o.timeout)
}

func (o *Outbound) append(frames [][]byte) {
	for _, p := range frames {
		o.buf = append(o.buf, p...)
	}
}

func size(frames [][]byte) int {
	n := 0
	for _, p := range frames {
		n += len(p)
	}
	return n
}

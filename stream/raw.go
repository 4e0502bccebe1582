package stream

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A Raw is the connection below an exchange that a 101 has handed to another protocol.
// It is for the package that speaks that protocol; hooks do not need it. It ends with
// the exchange.
//
// Wait, Buffered and Reader belong to one goroutine at a time, the one that reads; the
// others may be called from any.
type Raw struct {
	out  *http1.Outbound
	conn *Conn
	x    atomic.Pointer[Exchange] // that it belongs to
	end  func(cut bool) bool

	state    atomic.Int32 // rawBusy, rawWaiting, rawInterrupted or rawParked
	pause    pause        // of the wait
	firing   sync.Mutex   // guards deadline and parked, and is held while a wait is interrupted
	deadline time.Time    // of reads
	parked   bool         // or was

	nested    bool       // there was a Wait within Attend; of the goroutine that reads, as is what follows
	resting   bool       // Wait has returned ErrResting
	dozed     error      // how the wait has gone on
	attending *attending // nil between two
}

// PrepareUpgrade makes sure, before a 101 is sent, that [Exchange.Upgrade] can follow it.
// The error is [ErrNotRaw] or [ErrClosed], or what the system lacks.
func (x *Exchange) PrepareUpgrade() error {
	c, err := x.insist()
	switch {
	case err != nil:
		return err
	case x.wire != nil && !x.wire.AtEOF():
		return fmt.Errorf("stream: upgrade: %w: the request has a body that is not read", ErrNotRaw)
	}
	if err := c.wire.Outgrow(); err != nil { // a Wait is longer than the one for a request
		return fmt.Errorf("stream: upgrade: %w", err)
	}
	return nil
}

// Upgrade hands over the connection after a 101 was sent on the Stream. From then on
// nobody else reads from it. The first bytes of the new protocol, if they came with the
// request, are the first that Reader returns.
//
// end is called once, when the exchange ends and before the connection is closed, on
// the goroutine that serves it; cut says that a hook has panicked. When it returns
// nobody may use the Raw to read. It reports whether the client may still be sending:
// such a connection is closed so that the client can read what it was sent.
//
// The error is that of [Exchange.PrepareUpgrade]; [ErrBegun] says that what was sent was no
// 101.
func (x *Exchange) Upgrade(end func(cut bool) (linger bool)) (*Raw, error) {
	if err := x.PrepareUpgrade(); err != nil {
		return nil, err
	}
	c := x.conn
	upgraded := false
	c.wire.Out.Locked(func() { upgraded = x.follower.Upgraded() })
	if !upgraded {
		return nil, fmt.Errorf("stream: upgrade: %w otherwise than by a 101", ErrBegun)
	}
	r := &Raw{conn: c, out: c.wire.Out, end: end}
	r.x.Store(x)
	_ = c.wire.SetReadDeadline(time.Time{}, false) // if it fails the first read does
	c.wire.Out.Locked(x.follower.Forget)
	x.mu.Lock()
	x.upgraded = r
	if h := x.hooked.Load(); h != nil {
		h.made = nil
	}
	x.mu.Unlock()
	c.upgraded.Store(r)
	c.memo = http1.Memo{} // there is no next request
	return r, nil
}

// Net returns the network connection, for its options, or to be closed.
func (r *Raw) Net() net.Conn { return r.conn.wire.Net() }

// LocalAddr and RemoteAddr return its addresses.
func (r *Raw) LocalAddr() net.Addr  { return r.conn.wire.Show().LocalAddr() }
func (r *Raw) RemoteAddr() net.Addr { return r.conn.wire.Show().RemoteAddr() }

// Buffered returns how many bytes were read and not used yet.
func (r *Raw) Buffered() int { return r.conn.wire.Buffered() }

// Reader returns what was read from the connection and not used yet. It is to be asked
// for anew after each Wait.
func (r *Raw) Reader() *bufio.Reader { return r.conn.wire.Reader() }

// Wait hands over what is held back and returns when there is something to read, or the
// error that came instead. While it waits it holds no buffer where the platform allows.
// After an error the contexts of the exchange have ended.
//
// rests says that the caller runs by [Exchange.Afterwards]: when the wait has become long
// the error is [ErrResting], and the caller returns true to wait on elsewhere.
func (r *Raw) Wait(rests bool) error {
	c := r.conn
	if r.resting {
		r.resting = false
		if r.dozed != nil {
			r.resting = r.dozed == ErrResting
			return r.dozed
		}
	}
	if err := r.outgrow(); err != nil {
		return r.lost(err)
	}
	if err := r.out.Idle(); err != nil {
		return r.lost(err)
	}
	c.beforeRead(nil)
	defer c.afterRead(0)
	if !rests || !c.wire.Raw() {
		return r.lost(c.wire.WaitReadable())
	}
	r.pause.begin(rawRestAfter)
	r.state.Store(rawWaiting)
	return r.awake(c.wire.WaitReadable())
}

// lost ends the contexts for an err.
func (r *Raw) lost(err error) error {
	if err == nil {
		return nil
	}
	r.Left()
	r.conn.failed(err)
	if dead := r.out.Err(); dead != nil && (err != io.EOF || r.conn.last.Load()) {
		return dead // which is the reason of err, even of an end where Abort came within Attend
	}
	return err
}

// Sender returns what Send and TrySend send with, to be kept where it is at hand.
func (r *Raw) Sender() Sender { return Sender{out: r.out} }

// Send is [Sender.Send].
func (r *Raw) Send(frames ...[]byte) error { return r.out.Send(nil, frames...) }

// TrySend is [Sender.TrySend], of which an Observer learns.
func (r *Raw) TrySend(frames ...[]byte) error {
	err := r.out.TrySend(nil, frames...)
	if err == ErrBufferFull {
		r.x.Load().Drops(1, true)
	}
	return err
}

// TryHold accepts frames to go out with the next send, before the next Wait, or within
// a moment, whichever comes first. It takes none and returns false when they would be
// too many.
func (r *Raw) TryHold(frames ...[]byte) (bool, error) {
	held, first, err := r.out.TryHold(nil, frames...)
	if first {
		r.conn.flushSoon()
	}
	return held, err
}

// TryLast sends the last frames, without waiting for the client and whatever is queued:
// every later send fails with reason.
func (r *Raw) TryLast(reason error, frames ...[]byte) error {
	return r.out.TryLast(reason, frames...)
}

// SetReadDeadline bounds waits; the zero time is none.
func (r *Raw) SetReadDeadline(t time.Time) error {
	r.firing.Lock()
	defer r.firing.Unlock()
	r.deadline = t
	if r.parked {
		r.conn.wire.Unpark() // to wait with the deadline
	}
	if r.state.Load() == rawInterrupted {
		return nil // it is set when the interruption is over
	}
	return r.conn.wire.SetReadDeadline(t, false)
}

// SetWriteDeadline replaces the time-out of writes by one point in time; the zero time
// goes back to the time-out.
func (r *Raw) SetWriteDeadline(t time.Time) { r.out.SetDeadline(t) }

// Left ends the contexts of the exchange: the client has said that it leaves.
func (r *Raw) Left() { r.x.Load().endContexts() }

// Abort closes the connection at once, which ends a Wait.
func (r *Raw) Abort(reason error) { r.conn.Abort(reason) }

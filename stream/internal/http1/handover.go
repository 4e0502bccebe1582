package http1

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
)

// push tries buf and frames on the sink and leaves the rest to the drainer. mu is held
// and nobody has the turn.
func (o *Outbound) push(frames [][]byte) error {
	whole := len(o.buf) == 0 && len(frames) == 1
	if whole && o.quick {
		return o.pass(frames[0])
	}
	var p []byte
	if whole {
		p = frames[0]
	} else {
		o.append(frames)
		p = o.buf
	}
	if o.quick {
		n, err := o.try(p)
		if err != nil {
			return o.die(err)
		}
		o.buf = o.buf[:copy(o.buf, p[n:])]
		o.busy = len(o.buf) > 0
		if o.busy {
			go o.drain()
		}
		return nil
	}
	// The sink may be somebody's http.ResponseWriter, which may ask the Stream.
	o.busy = true
	defer o.release()
	if !whole {
		o.buf = nil
	}
	o.inflight = len(p)
	n, err := o.try(p)
	o.inflight = 0
	if err != nil {
		return o.die(err)
	}
	if rest := p[n:]; len(rest) > 0 && o.err == nil {
		o.buf = slices.Concat(rest, o.buf)
	}
	return o.err
}

// pass is push for one frame where nothing waits, and the sink is ours: nothing is ahead
// of it, nor in anybody's hands.
func (o *Outbound) pass(p []byte) error {
	n, err := o.own.TryWrite(p)
	o.sent += int64(n)
	if err != nil {
		return o.die(err)
	}
	if n < len(p) {
		o.append([][]byte{p[n:]})
		o.busy = true
		go o.drain()
	}
	return nil
}

// try hands over what the sink takes of p at once. mu is held, and the turn, unless the
// sink is ours and nobody has it. mu is given up for a sink that is not ours, and for
// more than a slice.
func (o *Outbound) try(p []byte) (n int, err error) {
	if o.ahead > 0 && passed(o.deadline) {
		p = p[:min(len(p), o.ahead)]
	}
	if o.quick && (!o.busy || len(p) <= sliceSize) {
		n, err = o.sink.TryWrite(p)
	} else {
		err = o.unlocked(func() (err error) {
			n, err = o.sink.TryWrite(p)
			return err
		})
	}
	o.gone(n)
	return n, err
}

// gone counts n bytes that the sink has got: those of the queue come before a sender's.
func (o *Outbound) gone(n int) {
	o.ahead -= min(o.ahead, n)
	o.inflight -= min(o.inflight, n)
	o.sent += int64(n)
}

// drain writes the queue until it is empty or somebody waits for the turn. It
// starts with the turn.
func (o *Outbound) drain() {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer func() {
		// A sink may be somebody's http.ResponseWriter: its panic, which has
		// killed the Outbound, must not end the process from a goroutine that
		// nobody can recover in.
		if v := recover(); v != nil && errors.Is(o.err, errPanic) {
			o.err = &ClosedError{Cause: fmt.Errorf("%w: %v", errPanic, v)}
		}
		o.inflight = 0
		o.release()
	}()
	for o.err == nil && len(o.buf) > 0 && len(o.waiters) == 0 {
		p := o.buf
		o.buf, o.inflight = nil, len(p)
		if err := o.hand(net.Buffers{p}); err != nil {
			_ = o.die(err) // everybody else learns of it
		}
	}
}

var errPanic = errors.New("panic in write")

// unlocked runs fn, which waits for the peer, without mu. A panic of fn kills the
// Outbound and goes on with mu held.
func (o *Outbound) unlocked(fn func() error) error {
	returned := false
	o.mu.Unlock()
	defer func() {
		o.mu.Lock()
		if !returned {
			o.die(errPanic)
		}
	}()
	err := fn()
	returned = true
	return err
}

// write hands buf and frames to the sink. mu and the turn are held; mu is given up
// while the sink waits.
func (o *Outbound) write(frames [][]byte) error {
	if o.err != nil {
		return o.err
	}
	if o.expired() {
		return o.die(os.ErrDeadlineExceeded)
	}
	held := len(o.buf) // the queue's; frames are their sender's
	if size(frames) <= joinSize && (len(frames) != 1 || len(o.buf) > 0) {
		o.append(frames)
		frames = nil
	}
	bufs := net.Buffers(o.single[:0])
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
	o.inflight = held
	err := o.tryHand(bufs)
	o.inflight, o.single[0] = 0, nil
	if err != nil {
		return o.die(err)
	}
	if o.buf == nil && cap(own) <= joinSize {
		o.buf = own[:0]
	}
	return o.err
}

// lone is write for p alone where nothing waits, and the sink is ours but takes nothing
// without waiting. mu is held, and given up; nobody has the turn.
func (o *Outbound) lone(p []byte) (err error) {
	if err := o.count(); err != nil {
		defer o.mu.Unlock()
		return o.die(err)
	}
	o.busy, o.waits = true, waitsForSlice
	o.mu.Unlock()
	returned := false
	defer func() {
		o.mu.Lock()
		o.waits, o.left = waitsForNothing, 0
		switch {
		case !returned:
			o.die(errPanic)
		case err != nil:
			err = o.die(err)
		default:
			o.sent += int64(len(p))
			err = o.err
		}
		o.release()
		o.mu.Unlock()
	}()
	_, err = o.own.conn.Write(p)
	returned = true
	return err
}

// tryHand is hand for a sink that may take a lone buffer at once.
func (o *Outbound) tryHand(bufs net.Buffers) error {
	if len(bufs) == 1 && !o.blind {
		n, err := o.try(bufs[0])
		if err != nil || n == len(bufs[0]) {
			return err
		}
		bufs[0] = bufs[0][n:]
	}
	return o.hand(bufs)
}

// hand gives bufs to the sink in slices, so that the time-out holds for each slice
// and a large body may take as long as the peer goes on reading. What earlier
// responses have left is in slices of its own. mu and the turn are held; mu is given
// up while the sink waits.
func (o *Outbound) hand(bufs net.Buffers) error {
	for len(bufs) > 0 && o.err == nil {
		if o.expired() {
			return os.ErrDeadlineExceeded
		}
		most := sliceSize
		if o.ahead > 0 {
			most = min(most, o.ahead)
		}
		var slice net.Buffers
		slice, bufs = cut(bufs, most)
		n := size(slice)
		if err := o.await(waitsForSlice, func() error { return o.sink.Write(slice) }); err != nil {
			return err
		}
		o.gone(n)
	}
	return o.err
}

// cut splits bufs behind the first n bytes.
func cut(bufs net.Buffers, n int) (head, rest net.Buffers) {
	for i, p := range bufs {
		if n == 0 {
			return bufs[:i], bufs[i:]
		}
		if len(p) > n {
			head = append(append(net.Buffers{}, bufs[:i]...), p[:n])
			bufs[i] = p[n:]
			return head, bufs[i:]
		}
		n -= len(p)
	}
	return bufs, nil
}

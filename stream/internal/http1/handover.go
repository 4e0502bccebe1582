package http1

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"time"
)

// push tries buf and frames on the sink and leaves the rest to the drainer. mu is held
// and nobody has the turn.
func (o *Outbound) push(frames [][]byte) error {
	var p []byte
	whole := len(o.buf) == 0 && len(frames) == 1
	if whole {
		p = frames[0]
	} else {
		o.append(frames)
		p = o.buf
	}
	if o.quick {
		n, err := o.sink.TryWrite(p)
		if err != nil {
			return o.die(err)
		}
		o.keep(p[n:], whole)
		o.busy = len(o.buf) > 0
		if o.busy {
			go o.drain()
		}
		return nil
	}
	// The sink may be somebody's http.ResponseWriter, which may ask the Stream.
	o.busy = true
	defer o.release()
	n := 0
	if !whole {
		o.buf = nil
	}
	o.inflight = len(p)
	err := o.unlocked(func() (err error) {
		n, err = o.sink.TryWrite(p)
		return err
	})
	o.inflight = 0
	if err != nil {
		return o.die(err)
	}
	if rest := p[n:]; len(rest) > 0 && o.err == nil {
		o.buf = slices.Concat(rest, o.buf)
	}
	return o.err
}

// keep makes rest, which is the end of buf unless it is a sender's, the queue.
func (o *Outbound) keep(rest []byte, senders bool) {
	switch {
	case !senders:
		o.buf = o.buf[:copy(o.buf, rest)]
	case len(rest) > 0:
		o.append([][]byte{rest})
	}
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
		for o.err == nil && len(p) > 0 {
			n := min(len(p), sliceSize)
			d := o.expiry()
			err := o.unlocked(func() error { return o.sink.Write(net.Buffers{p[:n]}, d) })
			p = p[n:]
			o.inflight = len(p)
			if err != nil {
				o.die(err)
			}
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
	fixed := o.deadline
	o.inflight = held
	err := o.unlocked(func() error { return o.hand(bufs, fixed) })
	o.inflight, o.single[0] = 0, nil
	if err != nil {
		return o.die(err)
	}
	if o.buf == nil && cap(own) <= joinSize {
		o.buf = own[:0]
	}
	return o.err
}

// hand gives bufs to the sink in slices, so that the time-out holds for each slice
// and a large body may take as long as the peer goes on reading. A fixed deadline
// holds for all of it.
func (o *Outbound) hand(bufs net.Buffers, fixed time.Time) error {
	if len(bufs) == 1 {
		n, err := o.sink.TryWrite(bufs[0])
		if err != nil || n == len(bufs[0]) {
			return err
		}
		bufs[0] = bufs[0][n:]
	}
	deadline := fixed
	for len(bufs) > 0 {
		if fixed.IsZero() && o.timeout > 0 {
			deadline = o.now().Add(o.timeout)
		}
		slice := bufs
		if len(bufs) > 1 || len(bufs[0]) > sliceSize {
			slice, bufs = cut(bufs, sliceSize)
		} else {
			bufs = nil
		}
		if err := o.sink.Write(slice, deadline); err != nil {
			return err
		}
	}
	return nil
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

package streamtest

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A lane is one direction of a connection in memory: what was written and not read. It
// waits for nothing but its condition and timers, so that synctest sees who waits.
type lane struct {
	window  int // most bytes in pieces; not positive: no bound
	latency time.Duration
	segment int // most bytes that a read returns; not positive: no bound

	mu      sync.Mutex // guards what follows
	wake    *sync.Cond // something has changed
	pieces  []piece    // in order
	size    int        // bytes in pieces
	arrival *time.Timer
	end     error     // what a reader finds behind the pieces, nil while more may come
	endAt   time.Time // when it gets there
	refusal error     // what a writer gets, nil while it may write
	left    bool      // the reader reads no more
	writing bool      // a Write is under way; others wait for it
	budget  int       // bytes that may be written before the connection breaks; negative: no bound

	readBy, writeBy deadline
}

// A piece is what one write brought.
type piece struct {
	bytes []byte
	at    time.Time // when it gets there
}

func newLane(o *Options) *lane {
	l := &lane{window: o.Window, latency: max(o.Latency, 0), segment: o.Segment, budget: -1}
	l.wake = sync.NewCond(&l.mu)
	return l
}

// read reads what has come of one piece.
func (l *lane) read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		switch {
		case l.left:
			return 0, net.ErrClosed
		case l.readBy.passed():
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			return 0, nil
		case len(l.pieces) > 0:
			if l.arrived(l.pieces[0].at) {
				return l.take(p), nil
			}
		case l.end != nil:
			if l.arrived(l.endAt) {
				return 0, l.end
			}
		}
		l.wake.Wait()
	}
}

// take fills p from the first piece. mu is held.
func (l *lane) take(p []byte) int {
	if l.segment > 0 {
		p = p[:min(len(p), l.segment)]
	}
	n := copy(p, l.pieces[0].bytes)
	l.size -= n
	if l.pieces[0].bytes = l.pieces[0].bytes[n:]; len(l.pieces[0].bytes) == 0 {
		l.pieces = l.pieces[1:]
	}
	l.wake.Broadcast()
	return n
}

// arrived reports whether what is due at t is there, and has the reader woken if it is
// not. mu is held.
func (l *lane) arrived(t time.Time) bool {
	wait := time.Until(t)
	if wait <= 0 {
		return true
	}
	if l.arrival == nil {
		l.arrival = time.AfterFunc(wait, l.stir)
	} else {
		l.arrival.Reset(wait)
	}
	return false
}

// stir has everybody look again.
func (l *lane) stir() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wake.Broadcast()
}

// What becomes of a write, beside what the writer is told.
var (
	errLost = errors.New("nobody reads at the other end any more")
	errCut  = errors.New("the connection was to break here")
)

// write appends p, piece by piece as there is room.
func (l *lane) write(p []byte) (n int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.writing && l.refusal == nil && !l.writeBy.passed() {
		l.wake.Wait()
	}
	if !l.writing {
		l.writing = true
		defer func() {
			l.writing = false
			l.wake.Broadcast()
		}()
	}
	for {
		switch {
		case l.refusal != nil:
			return n, l.refusal
		case l.writeBy.passed():
			return n, os.ErrDeadlineExceeded
		case n == len(p):
			return n, nil
		case l.left:
			l.refusal = syscall.EPIPE
			return len(p), errLost
		}
		if l.budget == 0 {
			return n, errCut
		}
		if room := l.room(len(p) - n); room > 0 {
			l.append(p[n : n+room])
			n += room
			continue
		}
		l.wake.Wait()
	}
}

// room returns how many of n bytes may be written now. mu is held.
func (l *lane) room(n int) int {
	if l.window > 0 {
		n = min(n, max(l.window-l.size, 0))
	}
	if l.budget >= 0 {
		n = min(n, l.budget)
	}
	return n
}

// append adds p, which is not empty. mu is held.
func (l *lane) append(p []byte) {
	l.pieces = append(l.pieces, piece{append([]byte(nil), p...), time.Now().Add(l.latency)})
	l.size += len(p)
	if l.budget > 0 {
		l.budget -= len(p)
	}
	l.wake.Broadcast()
}

// finish says that the writer writes no more, and why it must not.
func (l *lane) finish(refusal error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.end == nil {
		l.end, l.endAt = io.EOF, time.Now().Add(l.latency)
	}
	if l.refusal == nil || refusal == net.ErrClosed {
		l.refusal = refusal
	}
	l.writeBy.stop()
	l.wake.Broadcast()
}

// leave says that the reader reads no more. It reports whether it leaves something
// unread.
func (l *lane) leave() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = true
	l.readBy.stop()
	if l.arrival != nil {
		l.arrival.Stop()
	}
	l.wake.Broadcast()
	return l.size > 0
}

// reset ends the lane with an error for both. With drop, the reader loses what it has
// not read.
func (l *lane) reset(drop bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if drop {
		l.pieces, l.size = nil, 0
	}
	if l.end == nil || drop {
		l.end, l.endAt = syscall.ECONNRESET, time.Time{}
	}
	if l.refusal == nil {
		l.refusal = syscall.ECONNRESET
	}
	l.wake.Broadcast()
}

// boundReads sets the deadline of reads.
func (l *lane) boundReads(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.left {
		l.readBy.set(t, l.stir)
		l.wake.Broadcast()
	}
}

// boundWrites sets the deadline of writes.
func (l *lane) boundWrites(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refusal == nil {
		l.writeBy.set(t, l.stir)
		l.wake.Broadcast()
	}
}

// cutAfter has the connection break when more than n further bytes are written.
func (l *lane) cutAfter(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.budget = n
	l.wake.Broadcast()
}

package stream

import (
	"net/http"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// drainLimit is how much of an unread request body is thrown away to keep the
// connection, in bytes, as in net/http.
const drainLimit = 256 << 10

// end ends an exchange that net/http began.
func (x *Exchange) end() {
	if next := x.Detached(); next != nil {
		x.owner.Detached(next)
		return
	}
	if f := x.takeFeed(); f != nil {
		f.begin()
		return
	}
	x.mu.Lock()
	x.over = true // nobody can take the connection over from here on
	c := x.conn
	x.mu.Unlock()
	if c == nil {
		abort := x.endWriter()
		x.tellEnded(abort)
		x.endContexts()
		x.removeForm()
		if abort {
			panic(http.ErrAbortHandler)
		}
		return
	}
	keep, linger := x.finish()
	c.idles()
	if keep {
		c.owner.Release(c, true)
		return
	}
	if linger || c.parting {
		c.owner.Release(c, false)
		return
	}
	c.Close(false)
}

// endWriter closes the Stream over an http.ResponseWriter. It returns when nothing
// uses the writer any more, and reports whether the connection must be aborted.
func (x *Exchange) endWriter() (abort bool) {
	out := x.out
	if out == nil {
		return false
	}
	if x.sink != nil {
		defer x.sink.finish(serverOf(x.received))
	}
	var f *http1.Follower
	out.Locked(func() {
		x.follower.Closed = ErrClosed
		f = x.follower
	})
	err := out.Flush()
	out.Settle()
	if server := serverOf(x.received); server == nil {
		return false // a test that records: nobody recovers an abort
	}
	if err != nil || f.Begun() && !f.Whole() {
		return true
	}
	// There is no other way to close a connection behind a head that is out.
	return x.closed && x.sink != nil && x.sink.whole && x.received.ProtoMajor == 1 && x.sink.control.Flush() == nil
}

// leaveWriter is called when the layer that goes on with w is to return. What was sent
// over a writer further in goes out before, for that writer is its middleware's again,
// which may end it, as compression does; what is sent later goes out over w.
func (x *Exchange) leaveWriter(w http.ResponseWriter) {
	x.mu.Lock()
	out, sink := x.out, x.sink
	x.mu.Unlock()
	if sink == nil || sameWriter(sink.w, w) {
		return
	}
	_ = out.Flush() // the reason of death is kept
	out.Settled(func() { sink.moveTo(w) })
}

// finish ends the exchange on the wire: it completes the response and reports
// whether the connection can go on, or else whether the client may still be sending.
func (x *Exchange) finish() (keep, linger bool) {
	x.partUpgraded(false)
	keep, linger = x.complete()
	keep, linger = keep && !x.spent, linger || x.lingering
	x.conn.parting = !keep && !x.received.Close
	x.closeBody()
	x.endContexts()
	x.conn.stopWatch()
	x.removeForm()
	x.tellEnded(false)
	return keep, linger
}

// removeForm removes the temporary files of a multipart form.
func (x *Exchange) removeForm() {
	if form := x.received.MultipartForm; form != nil {
		_ = form.RemoveAll() // those that cannot be removed are left to the system
	}
}

// closeBody makes late reads of the request body fail: what comes next on the
// connection is none of it.
func (x *Exchange) closeBody() {
	if x.wire == nil {
		return
	}
	if !x.wire.AtEOF() {
		x.conn.wire.Lend()
	}
	_ = x.wire.Close() // never reads
	if a := x.owner.Settings().Arrivals; a != nil {
		a.End(x.conn)
	}
}

// complete completes the response of the request that is being served. Nothing can
// be sent on the Stream afterwards until it is opened for the next one.
func (x *Exchange) complete() (keep, linger bool) {
	c := x.conn
	x.dropFeed()
	x.mu.Lock()
	x.over = true
	out, raw, closed := x.out, x.raw, x.closed
	x.mu.Unlock()
	var begun, keeps, upgraded bool
	if out != nil {
		out.Locked(func() {
			x.follower.Closed = ErrClosed
			begun, keeps, upgraded = x.follower.Begun(), x.follower.KeepsAlive(), x.follower.Upgraded()
		})
	}
	switch {
	case raw && begun:
		keep = keeps && !x.received.Close && x.received.Method != http.MethodConnect && x.received.ProtoMajor > 0
		if out.Flush() != nil {
			return false, false
		}
		keep, linger = x.drain(keep)
		linger = linger && !upgraded
	default:
		if raw {
			x.rw.Reclaim()
		}
		if out != nil && !raw {
			_ = out.Flush() // what the Stream put into a writer above rw
			out.Settle()
			x.sink.finish(c.server)
			if out.Err() != nil || begun && !x.follower.Whole() {
				return false, false
			}
		}
		if x.breach || closed {
			x.rw.CloseAfter()
		}
		keep = x.rw.Finish()
		linger = x.rw.Lingers() || x.breach
	}
	return keep && !closed && !x.breach && c.KeepAlives(), linger
}

// drain disposes of what is left of the request body.
func (x *Exchange) drain(keep bool) (bool, bool) {
	if x.wire == nil || x.wire.AtEOF() {
		return keep, false
	}
	if x.rw.Waits() || !keep || !x.wire.Drain(drainLimit) {
		return false, true
	}
	return true, false
}

// abandon ends an exchange whose handler panicked: the connection goes.
func (x *Exchange) abandon() {
	x.partUpgraded(true)
	x.dropFeed()
	x.mu.Lock()
	x.over = true
	out := x.out
	x.mu.Unlock()
	if out != nil {
		out.Locked(func() { x.follower.Closed = ErrClosed })
	}
	if x.conn == nil {
		if out != nil {
			_ = out.Flush()
			out.Settle()
			x.sink.finish(serverOf(x.received))
		}
		x.endContexts()
		x.removeForm()
		x.tellEnded(true)
		return
	}
	// What net/http had buffered goes out before it closes; so does ours.
	if !x.raw && !x.rw.Hijacked() {
		x.rw.Abandon()
	}
	x.closeBody()
	x.endContexts()
	x.tellEnded(true)
	x.conn.panicked(x.seen)
	x.conn.Close(false)
}

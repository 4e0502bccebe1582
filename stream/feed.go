package stream

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A Feed is a response that goes on when the handlers of its exchange have returned: see
// [Exchange.Outlast]. While nothing is sent it needs no goroutine, where the platform
// allows.
type Feed struct {
	conn  *Conn
	f     *http1.Follower
	begun func(*Feed)
	gone  func()
	last  bool // no request follows on the connection
	told  atomic.Bool
	seen  *sighting // nil: there is no Observer

	over  bool        // guarded by the Conn's mu, as is retry
	retry *time.Timer // of the watch; nil: none
}

// Outlast lets a response that has begun on the Stream go on when the hook and all
// handlers around it have returned. The exchange ends then as any other, and begun is
// called, but sends by an earlier [Exchange.Sender] go on until [Feed.End]. gone is
// called, at most once and on a goroutine of its own, when the client has left or the
// connection is dead; the Feed is to be ended all the same.
//
// Outlast reports false where it is impossible: over a writer, with a request body that is
// not read to its end, in a NextRequest loop. Then neither is called. Where the exchange
// ends otherwise, as by a panic of a handler, begun is called with nil. To be called by the
// goroutine that serves the request. base is the context of the connection.
func (x *Exchange) Outlast(begun func(*Feed), gone func()) (base context.Context, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.raw || x.over || x.moved || x.upgraded != nil || x.feed != nil || x.wire != nil && !x.wire.AtEOF() {
		return nil, false
	}
	goes := false
	x.out.Locked(func() { goes = x.follower.Begun() && !x.follower.Complete() })
	if goes {
		x.feed = &Feed{conn: x.conn, f: x.follower, begun: begun, gone: gone, seen: x.seen}
	}
	return x.conn.base, goes
}

// takeFeed returns the Feed that goes on, nil if there is none. The exchange is over then.
func (x *Exchange) takeFeed() *Feed {
	f := x.feed
	if f == nil {
		return nil
	}
	x.mu.Lock()
	x.feed, x.over = nil, true
	f.last = x.closed || x.breach || x.spent || x.received.Close || x.received.Method == http.MethodConnect
	x.mu.Unlock()
	x.closeBody()
	x.tellEnded(false)
	x.endContexts()
	f.conn.stopWatch()
	f.conn.idles()
	f.conn.shed()
	f.conn.wire.Out.Locked(f.f.Forget)
	x.removeForm()
	x.pass(nil, f)
	return f
}

// dropFeed forgets the Feed, if there is one, for an exchange that ends otherwise.
func (x *Exchange) dropFeed() {
	if f := x.feed; f != nil {
		x.feed = nil
		f.begun(nil)
	}
}

// begin is called when nobody serves the connection any more.
func (f *Feed) begin() {
	f.conn.feed.Store(f)
	f.watch()
	if f.conn.wire.Out.Err() != nil { // nobody would tell any more
		f.leave()
	}
	f.begun(f)
}

// watch looks out for the client's leaving.
func (f *Feed) watch() {
	c := f.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	if !f.over && !c.wire.Watch() {
		f.retry = time.AfterFunc(watchAgain, f.watch)
	}
}

// leave is called when the client is found to have left.
func (f *Feed) leave() {
	if !f.told.Swap(true) {
		go f.gone()
	}
}

// Derived reports whether ctx may end before the request's context as the exchange has
// made it.
func (x *Exchange) Derived(ctx context.Context) bool { return ctx.Done() != x.last().Done() }

// End ends the response, which is to be called once. If the response is complete the
// connection goes on with the next request, and else it is closed.
func (f *Feed) End() {
	c := f.conn
	c.mu.Lock()
	f.over = true
	if f.retry != nil {
		f.retry.Stop()
	}
	c.mu.Unlock()
	c.wire.Unwatch()
	c.feed.Store(nil)
	keep := !f.last
	c.wire.Out.Locked(func() {
		f.f.Closed = ErrClosed
		keep = keep && f.f.KeepsAlive()
	})
	keep = c.wire.Out.Flush() == nil && keep
	c.owner.Release(c, keep && c.KeepAlives())
}

// Cut is [Exchange.Cut].
func (f *Feed) Cut(reason error) {
	f.conn.Abort(reason)
	f.conn.wire.Out.Kill(reason)
}

// sever is Cut, unless the connection goes on with other requests by now.
func (f *Feed) sever(reason error) {
	f.conn.mu.Lock()
	over := f.over
	f.conn.mu.Unlock()
	if !over {
		f.Cut(reason)
	}
}

// Drops is [Exchange.Drops].
func (f *Feed) Drops(count int64, refused bool) { f.seen.drops(f.conn, count, refused) }

// Ending is [Exchange.Ending].
func (f *Feed) Ending(err error) { f.seen.ends(err) }

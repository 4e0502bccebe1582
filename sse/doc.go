// Package sse sends server-sent events over a Stream (HTML, section 9.2).
//
// [Hook] runs a function for each client that opens an event stream; [Open] does the same
// within a hook that does more than that:
//
//	r.Method("GET", "/ticks", adapter.Handler(sse.Hook(func(x *sse.Session) error {
//		for i := 0; ; i++ {
//			if err := x.Send(sse.Event{Data: strconv.Itoa(i)}); err != nil {
//				return err
//			}
//			...
//		}
//	}, nil)))
//
// It never needs a connection of its own: the same hook works on a connection that was
// taken over, on HTTP/2, in a test that records, and through middleware such as chi's
// Compress, whose writer is flushed after each event. On HTTP/1.1 the connection can be
// used again when the stream has ended.
//
// # Order
//
// Open sends nothing, so that the hook can still refuse with a status of its own. The head
// goes out with the first event, comment or heartbeat; response hooks run then. What was
// accepted arrives in the order of acceptance, and what SendList or a [Prepared]
// holds goes out in one write.
//
// # Slow clients
//
// An event goes to the kernel at once, in the goroutine that sends it, as long as the
// client keeps up. What does not fit waits in a queue bounded in bytes, and
// [Options.Policy] says what happens when that is full: [Wait], [DropOldest], [KeepLatest] or
// [End]. Send never waits longer than [Options.SendTimeout]. A client that takes nothing
// for as long as the stream's write time-out, which is the adapter's or the server's, is
// cut off. Each write has that time-out for itself: the server's WriteTimeout and
// ReadTimeout do not bound the length of a stream.
//
// # The end
//
// A session ends when the client leaves, when its hook returns, by [Session.Close], or when
// the adapter shuts down, [Options.Lifetime] is over, [Options.Revalidate] says no or
// Adapter.CloseTagged is called for it: then the client is told a random time to come back, the response
// ends in good order, and [Session.Context] tells the hook. From then on sends fail with an error that
// matches stream.ErrClosed.
//
// # Clients that come back
//
// A [Hub] sends what is published to a topic to all sessions that follow it. It keeps
// events in a [Store], so that a client that comes back with its Last-Event-ID gets what
// it has missed: nothing twice and nothing left out, or a gap event that says so. [Memory]
// is the Store of a single process; package storetest tests others.
//
// # Many clients
//
// A hook that waits for its session to end keeps a goroutine, its stack and whatever
// middleware around it holds. [Session.Detach] and [Hub.Attach] let it return: an idle
// session then costs some 4 KiB in all, on no goroutine.
//
// # Concurrency
//
// The methods of Session, Prepared, Hub and Memory may be called from any goroutine, but for
// Session.Request and Session.Response. An idle session has no goroutine and no buffer of
// its own, and one timer for its heartbeat; a goroutine empties its queue, and exists
// as long as there is something in it.
package sse

// Package adapter ties hooks to net/http: a hook becomes a route ([Handler]), a
// handler becomes a hook ([Hook]), and [Adapter.Wrap] puts limits, hooks and the
// keep-alive loop of taken-over connections around a whole service.
//
// # One exchange
//
// The request hooks of [Options] run in order, then the handler, then, just before
// the head of the response is sent, the response hooks; a hook that rejects skips
// what is left. What hooks have staged is sent unless they sent something themselves.
//
// # Taking over
//
// With [OnDemand], a connection is taken from net/http (http.Hijacker) when a hook
// first sends on its Stream; with [Eager], at its first request; with [Never], not at
// all. A connection that was taken over goes on serving the routes of its
// http.Server: later requests are read by onramp's own loop and given to
// http.Server.Handler, with a context that knows nothing of earlier requests. The
// server's time-outs and MaxHeaderBytes go on holding. HTTP/2 connections are never
// taken over; hooks run on them all the same.
//
// # Shutdown
//
// http.Server.Shutdown does not know hijacked connections. [Adapter.Shutdown] closes
// those that are idle and waits for the others, as long as its context lasts; what it has
// cut then is in its [ShutdownError]. [Adapter.Register] has the server's
// Shutdown begin it. A [Handler] that is not under any Wrap does so by itself.
//
// # Observing
//
// [Options].Observer is told what becomes of connections, requests and streams; [Log],
// [Counters] and [Observers] are ready ones, and the module adapter/otelmetrics has one for
// OpenTelemetry. [Adapter.Gauges] says what goes on at the moment.
//
// # Concurrency
//
// All of it may be used from any goroutine.
package adapter

// Package streamtest tests handlers, hooks and servers without a socket, in the manner
// of net/http/httptest, and with the faults of a network on demand.
//
// [Dial] connects a [Client] to a handler, which may be a hook (adapter.Handler) or a
// whole service (adapter.Adapter.Wrap); [Serve] does so for an *http.Server or an
// *adapter.Server. The client says exactly the bytes that a test wants to be said, and
// asserts on what comes back: responses, WebSocket frames, bytes, silence, the end.
// [Record] runs a single handler with an http.ResponseWriter that can be hijacked.
// [CountWrites] shows what goes out together.
// [Main] and [NoLeaks] fail tests that leave goroutines or sockets behind.
//
// # Faults
//
//   - A slow reader: [Options].Window bounds what is under way, so a client that does not
//     read has the server wait after that many bytes. [Client.Take] reads a few of them.
//   - Split and delayed bytes: [Client.SendPieces] on the way to the server, and
//     [Options].Segment and [Options].Latency on both ways.
//   - Half-close: [Client.CloseWrite]. Reset: [Client.Reset]. A write that is cut off
//     after some bytes: [Conn.ResetAfter].
//
// # Time
//
// Connections in memory wait for nothing but conditions and timers. Within a bubble of
// testing/synctest the clock therefore stands still while anybody is at work, and jumps
// when all wait: time-outs cost nothing and come exactly when they are due. Whatever a
// bubble uses must be made in it.
//
// A connection in memory has no descriptor, so that a server falls back on what it does
// for any net.Conn: it cannot send without perhaps waiting, nor wait without a buffer.
// [Options].TCP runs the same test over the loopback interface, where it can; run
// what matters over both.
//
// # Concurrency
//
// Connections, listeners and a [Log] may be used from any goroutine. One goroutine may
// send on a Client while another one receives. Its methods call Fatalf, which belongs on
// the goroutine that runs the test; elsewhere use [Client.Conn] and [Client.Next].
package streamtest

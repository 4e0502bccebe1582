// Package ws serves WebSockets (RFC 6455) over a [stream.Stream].
//
// [Hook] is a whole endpoint: its function runs once per message. [Accept] is for hooks
// that run a loop of their own. Both work on every connection that can be taken over,
// for its first request or its hundredth; elsewhere, over HTTP/2 or in a test that
// records, the client gets a refusal that is described at [Accept].
//
// The handshake, reassembly and compression are gorilla/websocket's, and
// [Conn] has the shapes of its methods, so that handlers move over unchanged. What is
// sent goes through the Stream, and what comes is held against the RFC before gorilla
// sees it; gorilla does not see a message that comes as one plain frame, which most are.
//
// # Concurrency
//
// All methods of Conn may be called from any goroutine. Frames are never interleaved.
// One goroutine reads at a time, further ones wait for their turn; from a detached Conn
// only the message hook reads. The Try methods never wait for the client.
//
// What is sent while a further message is waiting to be read is held back until that
// was read, for a millisecond and 16 KiB at the most, so that the answers to a burst
// leave in one write.
//
// # What a client may not do
//
// Each breach closes the connection with the code that RFC 6455 has for it, and is the
// error of the read: 1002 for frames that are no frames of the protocol, 1007 for text
// and close reasons that are not UTF-8 and for data that cannot be inflated, 1009 for
// messages beyond [Options.ReadLimit], counted after inflation. A client that does not
// answer pings is cut off within two intervals.
//
// # Errors
//
// A read ends with a [*CloseError] when the client closes, with 1006 when it vanished
// without a word; with an error that matches it through errors.As and holds the code
// that was sent when this side has failed the connection; and else with what the network
// said. Every later read returns the same. A write fails with [ErrCloseSent] after a
// close frame was sent, with [stream.ErrClosed] when the connection is gone, with
// [stream.ErrBufferFull] where a Try method would have to wait, and with
// os.ErrDeadlineExceeded.
//
// # The end
//
// Close and CloseWith send a close frame and return; the read that is under way, or
// the end of the hook, waits for the client's, no longer than [Options.CloseTimeout].
// A hook that returns closes what it has left open. Shutting the adapter down sends 1001,
// as does the end of [Options.Lifetime]; where [Options.Revalidate] says no, or
// Adapter.CloseTagged is called for it, 1008 is sent, or the code of their reason.
package ws

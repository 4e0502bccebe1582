// Package http1 is the HTTP/1.x wire of a connection that onramp has taken over:
// it parses requests (RFC 9112), frames bodies, writes responses, times out, and
// queues what a Stream sends.
//
// # Concurrency
//
// A [Conn] is read by one goroutine at a time: the loop that serves it, the
// handler that reads a request body, or the watch that waits for the peer to
// leave; Conn hands the reader from one to the next. Its [Outbound] takes writers
// from any goroutine and keeps what each of them sends in one piece.
package http1

// Package stream gives a request handler the connection it is served on.
//
// A [Stream] sends bytes, lists of frames, flushes, closes and reads the next
// request; a [Context] holds the request, the response that is being staged and
// typed attributes. Both belong to one exchange, a request and its answer, and work
// alike on every carrier: an HTTP/1.x connection taken over from net/http, HTTP/2, a
// [net/http/httptest.ResponseRecorder], or any other http.ResponseWriter.
//
// # What is sent
//
// What goes out on a Stream is an HTTP/1.x response (RFC 9112), head first, as
// [Response.Build] makes it:
//
//	s.Send(c.Response().Build())
//
// The bytes are followed as they go. A response that announced its length, or is
// chunked, and is complete leaves the connection open for the next request; one
// that ends only with the connection closes it. Where the carrier is no raw
// connection, the head becomes WriteHeader and the body Write. After a 101 the bytes
// belong to another protocol and are left alone. Bytes that begin no HTTP/1.x status
// line go out as they are on a raw connection, which then closes, and become the
// body of a 200 elsewhere.
//
// A hook that sends nothing is answered with what it staged.
//
// # Concurrency
//
// All methods of Stream but [Stream.NextRequest] may be called from any goroutine.
// A Context belongs to the goroutine that runs the hook.
//
// # Errors
//
// Every refusal can be told apart with errors.Is: [ErrClosed], [ErrBufferFull],
// [ErrComplete], [ErrBegun], [ErrNotRaw], http.ErrContentLength,
// http.ErrBodyNotAllowed and os.ErrDeadlineExceeded.
//
// [Exchange], [Conn] and [Owner] are for packages that serve hooks, such as adapter;
// hooks do not need them.
package stream

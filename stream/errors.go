package stream

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

var (
	// ErrClosed says that nothing more can be sent: SetClosed(true) was called,
	// the exchange is over, or the connection died, which the error then wraps as
	// its cause. It matches net.ErrClosed.
	ErrClosed error = http1.ErrClosed

	// ErrBufferFull says that the outbound queue could not take all of what was
	// to be sent, so that nothing of it was taken.
	ErrBufferFull = http1.ErrBufferFull

	// ErrComplete says that the response is already whole. Further bytes would
	// answer a request that nobody has made.
	ErrComplete = http1.ErrComplete

	// ErrBegun says that an http.Handler has already begun to answer through its
	// http.ResponseWriter.
	ErrBegun = errors.New("stream: the response has begun through the ResponseWriter")

	// ErrNotRaw says that the exchange has no raw connection: it is HTTP/2 or a
	// test recorder, or something hides http.Hijacker. The error's text names the
	// concrete type that does.
	ErrNotRaw = errors.New("stream: no raw connection")

	// ErrShutdown says that the server shuts down, so that no connection is taken over
	// any more. It comes with ErrNotRaw.
	ErrShutdown = errors.New("stream: the server shuts down")
)

// A RequestError says why no hook could serve a request. Request-error hooks get
// it; Err is for logs and is never sent to the client.
type RequestError struct {
	Op     string // what failed, such as "read header"
	Status int    // what to send if no hook answers
	Err    error  // the cause
}

// Error returns the operation and the cause.
func (e *RequestError) Error() string { return "stream: " + e.Op + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *RequestError) Unwrap() error { return e.Err }

// A PanicError is a panic that was caught in a hook or handler. It is for
// task-panic hooks and logs and is never sent to the client.
type PanicError struct {
	Value any    // what panic was called with
	Stack []byte // of the goroutine, as runtime/debug.Stack formats it
}

// Error returns the text of the value.
func (e *PanicError) Error() string { return fmt.Sprintf("stream: panic: %v", e.Value) }

// Unwrap returns the value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// requestError makes an error of the wire one for hooks, nil if the client is owed
// no answer.
func requestError(err error) *RequestError {
	if err == nil {
		return nil
	}
	var bad *http1.Error
	if !errors.As(err, &bad) {
		return nil
	}
	return &RequestError{Op: bad.Op, Status: bad.Status, Err: bad.Err}
}

func statusLine(code int) string {
	return fmt.Sprintf("%d %s", code, http.StatusText(code))
}

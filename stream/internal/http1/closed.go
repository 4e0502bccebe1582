package http1

import (
	"errors"
	"net"
)

// ErrClosed says that nothing more can be sent: the stream was closed, its
// exchange is over or the connection died. It matches net.ErrClosed.
var ErrClosed error = &ClosedError{}

// ErrBufferFull says that the outbound queue could not take all of a frame, so
// that none of it was taken.
var ErrBufferFull = errors.New("stream: outbound queue is full")

// ErrComplete says that the response of this exchange is already whole: further
// bytes would answer a request that nobody has made.
var ErrComplete = errors.New("stream: the response is already complete")

// A ClosedError is an [ErrClosed] with its cause, if there is one. It matches
// ErrClosed, net.ErrClosed and whatever the cause matches.
type ClosedError struct{ Cause error }

func (e *ClosedError) Error() string {
	if e.Cause == nil {
		return "stream: closed"
	}
	return "stream: closed: " + e.Cause.Error()
}

// Is reports whether target is ErrClosed or net.ErrClosed.
func (e *ClosedError) Is(target error) bool { return target == ErrClosed || target == net.ErrClosed }

// Unwrap returns the cause.
func (e *ClosedError) Unwrap() error { return e.Cause }

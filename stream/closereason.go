package stream

import (
	"errors"
	"io"
	"net/http"
	"os"
	"syscall"
)

// A CloseReason says why a connection was closed, for an [Observer].
type CloseReason string

// The reasons there are.
const (
	ClosedComplete   CloseReason = "complete"    // behind a response after which it is not kept
	ClosedByClient   CloseReason = "client left" // the client has closed or reset it
	ClosedIdle       CloseReason = "idle"        // no request came in time
	ClosedSlowReader CloseReason = "slow reader" // the client took nothing in time
	ClosedRefused    CloseReason = "refused"     // a request was refused, such as one that came too slowly
	ClosedPanic      CloseReason = "panic"       // a hook or handler has panicked
	ClosedAborted    CloseReason = "aborted"     // cut by http.ErrAbortHandler, a policy, a close by the application
	ClosedShutdown   CloseReason = "shutdown"    // the server shuts down
	ClosedHijacked   CloseReason = "hijacked"    // not closed, but given to a handler
	ClosedBroken     CloseReason = "broken"      // any other error of the network
	ClosedByServer   CloseReason = "net/http"    // net/http, which serves HTTP/2, does not say why
)

// A cause is why a connection is closed.
type cause struct {
	reason CloseReason
	err    error
}

// because notes why c is about to be closed; the first to know is right. Any goroutine may
// call it.
func (c *Conn) because(reason CloseReason, err error) {
	if w := c.seen; w != nil {
		w.cause.CompareAndSwap(nil, &cause{reason, err})
	}
}

// failed notes why nothing more is read from c.
func (c *Conn) failed(err error) {
	if c.seen == nil || err == nil || c.wire.Out.Err() != nil { // then that is the cause
		return
	}
	var bad *RequestError
	switch {
	case err == ErrResting, err == ErrDetached:
	case errors.As(err, &bad):
		c.because(ClosedRefused, err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.because(ClosedIdle, nil)
	case errors.Is(err, ErrClosed):
		c.ended()
	default:
		c.because(networkReason(err), err)
	}
}

// ended notes why a connection that nothing is wrong with is not kept.
func (c *Conn) ended() {
	if c.owner.KeepAlives() {
		c.because(ClosedComplete, nil)
	} else {
		c.because(ClosedShutdown, nil)
	}
}

// closing notes why c is closed, if nobody has before; dead is why nothing more can be
// sent, nil if it can.
func (c *Conn) closing(dead error) {
	switch {
	case c.seen == nil:
	case dead == nil:
		c.ended()
	case errors.Is(dead, os.ErrDeadlineExceeded):
		c.because(ClosedSlowReader, dead)
	default:
		c.because(networkReason(dead), dead)
	}
}

func networkReason(err error) CloseReason {
	for _, left := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, left) {
			return ClosedByClient
		}
	}
	return ClosedBroken
}

// aborted notes why c is cut.
func (c *Conn) aborted(err error) {
	switch {
	case c.seen == nil:
	case !c.owner.KeepAlives() || errors.Is(err, http.ErrServerClosed):
		c.because(ClosedShutdown, err)
	default:
		c.because(ClosedAborted, err)
	}
}

// panicked notes that c is closed because the response that s is of was cut short.
func (c *Conn) panicked(s *sighting) {
	switch {
	case c.seen == nil:
	case s != nil && s.panicked.Load():
		c.because(ClosedPanic, nil)
	default:
		c.because(ClosedAborted, http.ErrAbortHandler)
	}
}

package ws

import (
	"errors"
	"fmt"

	"github.com/gorilla/websocket"
)

// A CloseError is a close frame of the client's: gorilla's, so that its IsCloseError
// and IsUnexpectedCloseError understand it.
type CloseError = websocket.CloseError

var (
	// ErrCloseSent says that a close frame was sent: nothing may follow it.
	ErrCloseSent = websocket.ErrCloseSent

	// ErrReadLimit says that a message exceeded the read limit.
	ErrReadLimit = websocket.ErrReadLimit

	// ErrPeerDead says that the client did not answer a ping in time.
	ErrPeerDead = errors.New("ws: the client does not answer")

	// ErrCloseTimeout says that the client did not answer a close frame in time.
	ErrCloseTimeout = errors.New("ws: the client does not answer the close frame")

	// ErrDetached says that messages of a detached Conn are its message hook's to read:
	// see [Options.Detach].
	ErrDetached = errors.New("ws: only its message hook reads from a detached connection")

	errMessageType = errors.New("ws: no such message type")
	errControl     = errors.New("ws: more than 125 bytes in a control frame")
	errPanic       = errors.New("ws: a hook has panicked")
)

// A HandshakeError says why a request did not become a WebSocket. The refusal is staged
// by then.
type HandshakeError struct {
	Status int   // of the refusal
	Err    error // gorilla's HandshakeError, or one that matches stream.ErrNotRaw
}

// Error returns the status and the cause.
func (e *HandshakeError) Error() string {
	return fmt.Sprintf("ws: handshake refused with %d: %v", e.Status, e.Err)
}

// Unwrap returns the cause.
func (e *HandshakeError) Unwrap() error { return e.Err }

// A failure is a breach of the protocol for which this side has failed the connection.
type failure struct {
	sent  *CloseError
	cause error // may be nil
}

func fail(code int, text string) *failure { return &failure{sent: &CloseError{Code: code, Text: text}} }

func (f *failure) Error() string {
	return fmt.Sprintf("ws: %s (closed with %d)", f.sent.Text, f.sent.Code)
}

// Unwrap returns what was sent, and the cause.
func (f *failure) Unwrap() []error {
	if f.cause == nil {
		return []error{f.sent}
	}
	return []error{f.sent, f.cause}
}

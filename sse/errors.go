package sse

import (
	"errors"
	"fmt"

	"github.com/onramp-go/onramp/stream"
)

var (
	// ErrMultiline says that the ID or the Name of an event holds a line break or NUL,
	// which would be taken for further fields. Nothing of it was sent.
	ErrMultiline = errors.New("sse: line break or NUL in ID or Name")

	// ErrTooLarge says that what was to be sent is larger than Options.QueueSize, so
	// that it could never be queued. Nothing of it was sent.
	ErrTooLarge = errors.New("sse: larger than the queue")

	// ErrEnded says that the session has ended in good order: by Close, by the end of
	// its hook, or because the server shuts down. It matches stream.ErrClosed.
	ErrEnded = fmt.Errorf("sse: the session has ended: %w", stream.ErrClosed)

	// ErrSlow says that the session was cut because its queue was full and its Policy
	// is End. It matches stream.ErrClosed.
	ErrSlow = fmt.Errorf("sse: the client does not keep up: %w", stream.ErrClosed)

	// errFallen says that a response hook has panicked, or left by runtime.Goexit, on a
	// goroutine of the session's own.
	errFallen = fmt.Errorf("sse: a response hook has panicked: %w", stream.ErrClosed)
)

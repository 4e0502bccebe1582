package hooks

import "github.com/onramp-go/onramp/stream"

// Flush returns a hook that runs h in order and then waits until everything that was
// sent on the stream is in the kernel's hands (stream.Stream.Flush). Without h it is
// that step alone. It does not send what is staged: that is [Send]. Nothing is
// flushed when a hook does not continue. If flushing fails, the stream is closed with
// SetClosed(true) and the exchange rejected. Panics if a hook is nil.
func Flush(h ...ServerHook) ServerHook {
	return after("Flush", h, func(s *stream.Stream, _ *stream.Context) error { return s.Flush() })
}

// TryFlush is [Flush] without waiting for the client (stream.Stream.TryFlush): what
// the socket does not take now goes on being sent.
func TryFlush(h ...ServerHook) ServerHook {
	return after("TryFlush", h, func(s *stream.Stream, _ *stream.Context) error { return s.TryFlush() })
}

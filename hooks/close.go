package hooks

import "github.com/onramp-go/onramp/stream"

// Close returns a hook that runs h in order and then closes the stream with
// SetClosed(true): nothing more is sent on it, and the connection closes once the
// answer has been delivered. Unlike the other decorators it does so whatever h
// decide, and passes their verdict on. Without h it is that step alone. What is
// staged and was not sent is still the answer. Panics if a hook is nil.
//
// Over HTTP/2 the connection stays: it is not this exchange's alone. So does an
// HTTP/1.x connection that was not taken over (adapter.Never), if a response without
// Content-Length was sent before.
func Close(h ...ServerHook) ServerHook {
	chain := chainOf("Close", h)
	return HookFunc(func(s *stream.Stream, c *stream.Context) Status {
		verdict := chain.Run(s, c)
		s.SetClosed(true)
		return verdict
	})
}

package hooks

import "github.com/onramp-go/onramp/stream"

// Send returns a hook that runs h in order and then sends the staged response,
// head and body, waiting for the client (stream.Stream.Send). Without h it is that
// step alone. Panics if a hook is nil.
//
// Nothing is sent when a hook does not continue, since a rejected exchange is
// answered with what is staged anyway, nor when a response has begun already. If
// sending fails, the stream is closed with SetClosed(true) and the exchange rejected;
// a response of which nothing went out is then still given to the client at the end
// of the exchange.
//
// Decorators nest: Close(Flush(Send(h))) runs h, sends, flushes and closes.
func Send(h ...ServerHook) ServerHook {
	return after("Send", h, func(s *stream.Stream, c *stream.Context) error {
		if c.Exchange().Answered() {
			return nil
		}
		return s.Send(c.Response().Build())
	})
}

// TrySend is [Send] without waiting for the client (stream.Stream.TrySend).
func TrySend(h ...ServerHook) ServerHook {
	return after("TrySend", h, func(s *stream.Stream, c *stream.Context) error {
		if c.Exchange().Answered() {
			return nil
		}
		return s.TrySend(c.Response().Build())
	})
}

// after returns a hook that runs h and, if all continue, step. name is for panics.
func after(name string, h []ServerHook, step func(*stream.Stream, *stream.Context) error) ServerHook {
	chain := chainOf(name, h)
	return HookFunc(func(s *stream.Stream, c *stream.Context) Status {
		if chain.Run(s, c) != Continue {
			return Reject
		}
		if err := step(s, c); err != nil {
			s.SetClosed(true)
			return Reject
		}
		return Continue
	})
}

// chainOf copies h and panics if a hook is nil.
func chainOf(name string, h []ServerHook) Chain {
	for _, hook := range h {
		if f, ok := hook.(HookFunc); hook == nil || ok && f == nil {
			panic("hooks." + name + ": hook is nil")
		}
	}
	return append(Chain(nil), h...)
}

package hooks

import "github.com/onramp-go/onramp/stream"

// Status is a hook's verdict. The zero Status is neither [Continue] nor [Reject], and
// a [Chain] takes it as Reject: a hook that forgets to decide fails closed.
type Status uint8

const (
	// Continue lets the exchange go on with the next hook.
	Continue Status = 1
	// Reject ends the exchange: everything that is left is skipped, response
	// hooks included, and what is staged is sent if nothing was sent.
	Reject Status = 2
)

// String returns "continue", "reject" or "undecided".
func (s Status) String() string {
	switch s {
	case Continue:
		return "continue"
	case Reject:
		return "reject"
	}
	return "undecided"
}

// A ServerHook handles one request, or a part of it. Handle may keep neither s nor c
// after it has returned, but a goroutine that keeps s can do no harm: it gets
// stream.ErrClosed.
type ServerHook interface {
	Handle(s *stream.Stream, c *stream.Context) Status
}

// HookFunc is a function as a [ServerHook].
type HookFunc func(*stream.Stream, *stream.Context) Status

// Handle calls f.
func (f HookFunc) Handle(s *stream.Stream, c *stream.Context) Status { return f(s, c) }

// New returns a hook that makes a fresh H from the connection and the request, each
// time it is run, and lets that handle the request. H may therefore keep state of one
// request in its fields. New panics if construct is nil.
func New[H ServerHook](construct func(*stream.Stream, *stream.Context) H) ServerHook {
	if construct == nil {
		panic("hooks.New: construct is nil")
	}
	return HookFunc(func(s *stream.Stream, c *stream.Context) Status {
		return construct(s, c).Handle(s, c)
	})
}

// A Chain is a list of hooks that run in order. It is a [ServerHook] itself, so
// chains nest. The empty Chain continues.
type Chain []ServerHook

// Run runs the hooks until one does not return [Continue], and returns Continue or
// Reject.
func (c Chain) Run(s *stream.Stream, ctx *stream.Context) Status {
	for _, h := range c {
		if h.Handle(s, ctx) != Continue {
			return Reject
		}
	}
	return Continue
}

// Handle is Run.
func (c Chain) Handle(s *stream.Stream, ctx *stream.Context) Status { return c.Run(s, ctx) }

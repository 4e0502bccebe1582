// Package hooks holds chains of hooks: what looks at a request, answers it, and
// decides whether the exchange goes on.
//
// A [ServerHook] gets the connection as a stream.Stream and the request as a
// stream.Context, and returns [Continue] or [Reject]. A [Chain] runs hooks in order
// up to the first that does not continue. Besides these the package has ready-made
// hooks: decorators that send, flush or close after another hook ran, guards that let
// pass or reject, setters for the staged response, and typed JSON bodies.
//
// # Ready-made hooks
//
// [Send], [TrySend], [Flush], [TryFlush] and [Close] run other hooks and then act on
// the stream; without any they are steps of a chain themselves. Guards, such as
// [Methods] and its twin [RejectMethods], reject with a fitting answer, unless a
// redirection or an error is staged already: stage one before a guard, and it is
// what the client gets. They do not close the connection. Setters, such as [SetHeader],
// stage what is always the same. A mistake in what they are made of panics at once.
//
// # Concurrency
//
// A hook value is shared by all requests and may be run by any number of goroutines
// at once; [New] makes a fresh value for each request. The Stream and the Context
// belong to one request. A hook that panics ends its exchange: see task-panic hooks
// in package adapter.
package hooks

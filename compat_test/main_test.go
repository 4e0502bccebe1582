// Package compat_test holds the law of transparency as one table of handlers:
// with no hooks and nil options a handler under onramp answers exactly as it
// would bare, on every carrier.
//
// # Adding a case
//
// Add a [handlerCase] to the cases_*_test.go file of its theme. Give it a
// request, or talk where the client's side of the conversation is unusual; a
// handler, which notes on its [notes] whatever it observes (errors, counts,
// values); and shows, the fragments that the bare server's outcome must
// contain, so that the row cannot pass because both sides failed alike. The
// harness runs it bare and over every carrier of carriers_test.go, as first
// and as second request of a connection and pipelined behind another one, and
// compares what the client saw on the wire, what the handler noted and what
// kinds of lines the server logged.
//
// A difference that is there to stay goes to known_test.go, with its reason.
//
// Handlers get a fresh notes for every run, and may block only in notes.wait,
// on a request's context or on a connection with a deadline.
package compat_test

import (
	"testing"

	"github.com/onramp-go/onramp/stream/streamtest"
)

const modulePath = "github.com/onramp-go/onramp"

// TestMain fails the package when the tests leave a goroutine or a socket behind.
func TestMain(m *testing.M) { streamtest.Main(m) }

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
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// modulePath is in the stack of every goroutine that the module started.
const modulePath = "github.com/onramp-go/onramp"

// leakGrace is how long goroutines may take to end after the last test.
const leakGrace = 2 * time.Second

func TestMain(m *testing.M) {
	code := m.Run()
	if leaked := leakedGoroutines(leakGrace); len(leaked) > 0 {
		fmt.Fprintf(os.Stderr, "FAIL: %d goroutines outlived the tests:\n\n%s\n", len(leaked), strings.Join(leaked, "\n\n"))
		if code == 0 {
			code = 1
		}
	}
	os.Exit(code)
}

// leakedGoroutines returns the stacks of the module's goroutines that are
// still there when grace has passed, and nil as soon as there are none.
func leakedGoroutines(grace time.Duration) []string {
	for end := time.Now().Add(grace); ; {
		leaked := ownGoroutines()
		if len(leaked) == 0 || time.Now().After(end) {
			return leaked
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// ownGoroutines returns the stacks that mention the module, without those of
// the test runner itself.
func ownGoroutines() []string {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	var own []string
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		runner := strings.Contains(stack, "_test.TestMain(") || strings.Contains(stack, "testing.tRunner(")
		if strings.Contains(stack, modulePath) && !runner {
			own = append(own, stack)
		}
	}
	return own
}

// TestLeakCheckSeesAGoroutine shows that the check in TestMain can fail.
func TestLeakCheckSeesAGoroutine(t *testing.T) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		lingerForLeakCheck(stop)
	}()
	seen := strings.Join(leakedGoroutines(0), "\n\n")
	for end := time.Now().Add(leakGrace); !strings.Contains(seen, "lingerForLeakCheck") && time.Now().Before(end); {
		runtime.Gosched()
		seen = strings.Join(leakedGoroutines(0), "\n\n")
	}
	close(stop)
	<-stopped
	if !strings.Contains(seen, "lingerForLeakCheck") {
		t.Errorf("the goroutine is not among the leaked ones:\n%s", seen)
	}
}

func lingerForLeakCheck(stop <-chan struct{}) { <-stop }

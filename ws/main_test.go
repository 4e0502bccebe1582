package ws_test

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain fails the package when a goroutine of the module outlives the tests.
func TestMain(m *testing.M) {
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	if leaked := leaks(2 * time.Second); len(leaked) > 0 {
		fmt.Fprintf(os.Stderr, "FAIL: %d goroutines outlived the tests:\n\n%s\n", len(leaked), strings.Join(leaked, "\n\n"))
		code = max(code, 1)
	}
	os.Exit(code)
}

// leaks returns the stacks of the module's goroutines that are still there when
// grace has passed, nil as soon as there are none.
func leaks(grace time.Duration) []string {
	for end := time.Now().Add(grace); ; runtime.Gosched() {
		found := moduleGoroutines()
		if len(found) == 0 || time.Now().After(end) {
			return found
		}
	}
}

func moduleGoroutines() []string {
	buf := make([]byte, 1<<20)
	for n := runtime.Stack(buf, true); ; n = runtime.Stack(buf, true) {
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	var found []string
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		runner := strings.Contains(stack, "_test.TestMain(") || strings.Contains(stack, "testing.tRunner(")
		if strings.Contains(stack, "onramp-go/onramp/") && !runner {
			found = append(found, stack)
		}
	}
	return found
}

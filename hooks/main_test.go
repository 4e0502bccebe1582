package hooks_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain fails the package when the tests leave a goroutine of onramp's behind.
func TestMain(m *testing.M) {
	startHTTP2()
	code := m.Run()
	http2Server.Close()
	if left := ownGoroutines(2 * time.Second); left != "" {
		fmt.Fprintf(os.Stderr, "FAIL: goroutines outlived the tests:\n\n%s\n", left)
		code = max(code, 1)
	}
	os.Exit(code)
}

// ownGoroutines returns the stacks of the goroutines of stream and adapter that are
// still there after grace.
func ownGoroutines(grace time.Duration) string {
	for end := time.Now().Add(grace); ; time.Sleep(5 * time.Millisecond) {
		buf := make([]byte, 4<<20)
		var left []string
		for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(stack, "onramp-go/onramp/stream") || strings.Contains(stack, "onramp-go/onramp/adapter") {
				left = append(left, stack)
			}
		}
		if len(left) == 0 || time.Now().After(end) {
			return strings.Join(left, "\n\n")
		}
	}
}

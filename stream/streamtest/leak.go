package streamtest

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// module is this one: what its goroutines have in their stacks.
const module = "github.com/onramp-go/onramp"

// leakGrace is how long goroutines and sockets may take to go after the last test.
const leakGrace = 2 * time.Second

// Main runs the tests of a package, fails it when they leave a goroutine or a socket
// behind, and exits. It is to be called by TestMain with its *testing.M, and closes the
// idle connections of http.DefaultClient first.
//
// A goroutine counts when its stack mentions onramp, or the main module of the test, or
// one of the packages, which are prefixes of import paths. Sockets are looked at on
// Linux alone.
func Main(m interface{ Run() int }, packages ...string) {
	before := watch(packages)
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	if left := before.left(leakGrace); len(left) > 0 {
		fmt.Fprintf(os.Stderr, "FAIL: %d goroutines or sockets outlived the tests:\n\n%s\n", len(left), strings.Join(left, "\n\n"))
		code = max(code, 1)
	}
	os.Exit(code)
}

// NoLeaks fails the test when it ends and leaves a goroutine or a socket behind that was
// not there when NoLeaks was called; see [Main] for what counts. Whatever is cleaned up
// by later calls of Cleanup is gone by then. It is not for tests that run in parallel
// with others, whose goroutines it would count.
func NoLeaks(t TB, packages ...string) {
	t.Helper()
	before := watch(packages)
	t.Cleanup(func() {
		t.Helper()
		if left := before.left(leakGrace); len(left) > 0 {
			t.Errorf("streamtest.NoLeaks: %d goroutines or sockets are left:\n\n%s", len(left), strings.Join(left, "\n\n"))
		}
	})
}

// A leakCheck remembers what was there.
type leakCheck struct {
	packages []string // prefixes of import paths
	known    []string // goroutines, by their "goroutine 7 ", and sockets
}

func watch(packages []string) *leakCheck {
	c := &leakCheck{packages: append([]string{module}, packages...)}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Path != "" {
		c.packages = append(c.packages, info.Main.Path)
	}
	for _, stack := range stacks() {
		c.known = append(c.known, goroutineID(stack))
	}
	c.known = append(c.known, sockets()...)
	return c
}

// left returns what is new and still there when grace has passed, none as soon as there
// is nothing.
func (c *leakCheck) left(grace time.Duration) []string {
	end := time.Now().Add(grace)
	for wait := time.Millisecond; ; wait *= 2 {
		found := c.found()
		rest := time.Until(end)
		if len(found) == 0 || rest <= 0 {
			return found
		}
		time.Sleep(min(wait, rest, grace/20))
	}
}

func (c *leakCheck) found() []string {
	var found []string
	for _, stack := range stacks() {
		if c.counts(stack) && !slices.Contains(c.known, goroutineID(stack)) {
			found = append(found, stack)
		}
	}
	for _, socket := range sockets() {
		if !slices.Contains(c.known, socket) {
			found = append(found, socket)
		}
	}
	return found
}

// counts reports whether a goroutine is anybody's in question. Those of package testing,
// which run tests, are not.
func (c *leakCheck) counts(stack string) bool {
	if strings.Contains(stack, "testing.tRunner(") {
		return false
	}
	return slices.ContainsFunc(c.packages, func(path string) bool { return strings.Contains(stack, path) })
}

// stacks returns the stacks of all goroutines but the one that asks.
func stacks() []string {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true)
	for ; n == len(buf); n = runtime.Stack(buf, true) {
		buf = make([]byte, 2*len(buf))
	}
	return strings.Split(string(buf[:n]), "\n\n")[1:] // the first is its own
}

// goroutineID returns the beginning of a stack that tells its goroutine from others.
func goroutineID(stack string) string {
	id, _, _ := strings.Cut(stack, "[")
	return id
}

package streamtest_test

import (
	"fmt"
	"testing"

	"github.com/onramp-go/onramp/stream/streamtest"
)

// A package whose tests must not leave anything behind.
func ExampleMain() {
	_ = func(m *testing.M) { // TestMain
		streamtest.Main(m)
	}
	// Output:
}

// A test that has to clean up after itself, and does.
func ExampleNoLeaks() {
	run(func(t streamtest.TB) {
		streamtest.NoLeaks(t)
		stop := make(chan struct{})
		t.Cleanup(func() { close(stop) }) // runs before the check
		go linger(stop)
		fmt.Println("done")
	})
	// Output:
	// done
}

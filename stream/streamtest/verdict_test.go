package streamtest_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/onramp-go/onramp/stream/streamtest"
)

// A verdict is a test that keeps its failures, to test what fails tests.
type verdict struct {
	cleanups []func()
	failures []string
}

func (v *verdict) Helper()          {}
func (v *verdict) Cleanup(f func()) { v.cleanups = append(v.cleanups, f) }
func (v *verdict) Errorf(format string, args ...any) {
	v.failures = append(v.failures, fmt.Sprintf(format, args...))
}

func (v *verdict) Fatalf(format string, args ...any) {
	v.Errorf(format, args...)
	runtime.Goexit()
}

// try runs test to its end, and returns how it failed.
func try(test func(t streamtest.TB)) []string {
	v := new(verdict)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for len(v.cleanups) > 0 {
				last := len(v.cleanups) - 1
				f := v.cleanups[last]
				v.cleanups = v.cleanups[:last]
				f()
			}
		}()
		test(v)
	}()
	<-done
	return v.failures
}

// run runs the body of an example as a test, and prints how it failed.
func run(test func(t streamtest.TB)) {
	for _, failure := range try(test) {
		fmt.Println(failure)
	}
}

// wantFailure requires that test fails with one failure that says so.
func wantFailure(t *testing.T, says string, test func(t streamtest.TB)) {
	t.Helper()
	failures := try(test)
	if assert.Len(t, failures, 1) {
		assert.True(t, strings.Contains(failures[0], says), "%q does not contain %q", failures[0], says)
	}
}

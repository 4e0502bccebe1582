package otelmetrics_test

import (
	"testing"

	"github.com/onramp-go/onramp/stream/streamtest"
)

// TestMain fails the package when the tests leave a goroutine or a socket behind.
func TestMain(m *testing.M) { streamtest.Main(m) }

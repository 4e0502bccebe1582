package streamtest_test

import (
	"testing"

	"github.com/onramp-go/onramp/stream/streamtest"
)

func TestMain(m *testing.M) { streamtest.Main(m) }

package hooks_test

import (
	"testing"

	"github.com/onramp-go/onramp/stream/streamtest"
)

// TestMain fails the package when the tests leave a goroutine or a socket behind.
func TestMain(m *testing.M) { streamtest.Main(withHTTP2{m}) }

// withHTTP2 runs the tests beside the server that all of them use for HTTP/2.
type withHTTP2 struct{ *testing.M }

func (m withHTTP2) Run() int {
	startHTTP2()
	defer http2Server.Close()
	return m.M.Run()
}

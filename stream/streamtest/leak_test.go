package streamtest_test

import (
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/streamtest"
)

func linger(stop <-chan struct{}) { <-stop }

// A goroutine that is left fails its test, one that was there before does not. Bubbles
// make the wait for it short.
func TestNoLeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := make(chan struct{})
		defer close(stop)
		wantFailure(t, "leak_test.go", func(t streamtest.TB) {
			streamtest.NoLeaks(t)
			go linger(stop)
		})
		assert.Empty(t, try(func(t streamtest.TB) {
			streamtest.NoLeaks(t)
			own := make(chan struct{})
			t.Cleanup(func() { close(own) })
			go linger(own)
		}))
	})
}

// So does a socket.
func TestNoLeaksSocket(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("sockets are looked at on Linux")
	}
	synctest.Test(t, func(t *testing.T) {
		var l net.Listener
		wantFailure(t, "socket:[", func(t streamtest.TB) {
			streamtest.NoLeaks(t)
			l, _ = net.Listen("tcp", "127.0.0.1:0")
		})
		require.NoError(t, l.Close())
	})
}

// TestMainSeesLeaks runs this test binary again, with a test that leaks.
func TestMainSeesLeaks(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestLeaking$")
	cmd.Env = append(os.Environ(), "STREAMTEST_LEAK=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, string(out))
	assert.Equal(t, 1, exit.ExitCode())
	assert.Contains(t, string(out), "FAIL: 1 goroutines or sockets outlived the tests:")
	assert.Contains(t, string(out), "streamtest_test.linger")
	assert.Equal(t, 1, strings.Count(string(out), "\ngoroutine "), string(out))
}

// TestLeaking leaks when TestMainSeesLeaks asks for it.
func TestLeaking(t *testing.T) {
	if os.Getenv("STREAMTEST_LEAK") == "" {
		t.Skip("it is there for TestMainSeesLeaks")
	}
	go linger(nil)
}

package http1_test

import (
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAwaitKeeps: a connection kept what had served what came, for as long as nothing else
// did.
func TestAwaitKeeps(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	client, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	defer client.Close()
	rwc, err := ln.Accept()
	require.NoError(t, err)
	c := http1.NewConn(rwc, http1.Config{})
	defer c.Release()
	_, err = client.Write([]byte("x"))
	require.NoError(t, err)
	gone := make(chan struct{})
	func() {
		serving := new([64]byte)
		runtime.AddCleanup(serving, func(c chan struct{}) { close(c) }, gone)
		assert.NoError(t, c.Await(func() bool {
			serving[0]++
			_, _ = c.Reader().Discard(1)
			return false
		}))
	}()
	assert.Eventually(t, func() bool {
		runtime.GC()
		select {
		case <-gone:
			return true
		default:
			return false
		}
	}, 10*time.Second, time.Millisecond)
}

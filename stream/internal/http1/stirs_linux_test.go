package http1_test

import (
	"net"
	"testing"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestStirsWhileOutgrowing: whoever looks at a connection that is idle may find that it has
// just been replaced.
func TestStirsWhileOutgrowing(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	for range 50 {
		client, err := net.Dial("tcp", ln.Addr().String())
		require.NoError(t, err)
		rwc, err := ln.Accept()
		require.NoError(t, err)
		require.NoError(t, rwc.SetDeadline(time.Time{}))
		c := http1.NewConn(rwc, http1.Config{})
		_, err = client.Write([]byte("x"))
		require.NoError(t, err)
		looks, looked := make(chan struct{}), make(chan struct{})
		assert.NoError(t, c.Await(func() bool {
			go func() {
				defer close(looked)
				c.Stirs()
				close(looks)
				for c.Inside() {
					c.Stirs()
				}
			}()
			<-looks
			_, _ = c.Reader().Discard(1)
			assert.NoError(t, c.Outgrow())
			return false
		}))
		<-looked
		c.Release()
		assert.NoError(t, client.Close())
	}
}

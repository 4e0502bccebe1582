package http1_test

import (
	"io"
	"net"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A carrier without a descriptor keeps its desk from one request to the next, but not
// while it is idle for long.
func TestDeskOfABlindCarrier(t *testing.T) {
	t.Parallel()
	for _, sweeps := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			server, peer := net.Pipe()
			conn := http1.NewConn(server, http1.Config{QueueSize: 1 << 20})
			go io.Copy(io.Discard, peer)
			w := respond(conn, &host{}, get)
			_, err := w.Write([]byte("hello"))
			require.NoError(t, err)
			require.True(t, w.Finish())
			require.True(t, conn.HoldsDesk())
			waited := make(chan error)
			go func() { waited <- conn.WaitReadable() }()
			synctest.Wait()
			assert.True(t, conn.Shelved())
			if sweeps {
				conn.Sweep()
				assert.False(t, conn.Shelved())
			}
			_, err = peer.Write([]byte("G"))
			require.NoError(t, err)
			require.NoError(t, <-waited)
			assert.Equal(t, !sweeps, conn.HoldsDesk())
			assert.False(t, conn.Shelved())
			conn.Release()
			peer.Close()
		})
	}
}

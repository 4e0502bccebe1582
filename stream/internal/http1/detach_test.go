package http1_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// Detach hands over what was read ahead, flushes what was held back, and leaves no
// deadline behind, as net/http's Hijack.
func TestDetach(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, client net.Conn) {
		for _, size := range []int{0, 10000} {
			ahead := strings.Repeat("a", max(100, size-1000))
			c := http1.NewConn(server, http1.Config{Early: []byte(ahead), QueueSize: 100, BufferSize: size, Timeout: time.Hour})
			require.NoError(t, c.SetReadDeadline(time.Unix(1, 0), true))
			require.NoError(t, c.Out.Write([]byte("held")))
			c.Watch()
			flushed := make(chan string, 1)
			go func() {
				p := make([]byte, 4)
				_, _ = io.ReadFull(client, p)
				flushed <- string(p)
			}()
			rwc, rw, err := c.Detach()
			require.NoError(t, err)
			assert.Same(t, server, rwc)
			assert.Equal(t, "held", <-flushed)
			assert.Equal(t, len(ahead), rw.Reader.Buffered())
			assert.GreaterOrEqual(t, rw.Reader.Size(), 4096)
			assert.Zero(t, rw.Writer.Buffered())
			assert.Equal(t, ahead, readN(t, rw, len(ahead)))

			there := later(func() error {
				_, err := io.WriteString(client, "there")
				return err
			})
			assert.Equal(t, "there", readN(t, rw, 5))
			require.NoError(t, <-there)
		}
	})
}

// A connection that died cannot be handed over.
func TestDetachTheDead(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, _ net.Conn) {
		c := http1.NewConn(server, http1.Config{})
		c.Close(io.ErrNoProgress)
		_, _, err := c.Detach()
		assert.ErrorIs(t, err, io.ErrNoProgress)
		assert.ErrorIs(t, err, http1.ErrClosed)
	})
}

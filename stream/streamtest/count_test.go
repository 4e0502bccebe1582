package streamtest_test

import (
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCountWrites: what is flushed apart is written apart.
func TestCountWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var writes atomic.Int64
		l := streamtest.Listen(nil)
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "one")
			assert.NoError(t, http.NewResponseController(w).Flush())
			_, _ = io.WriteString(w, "two")
		})}
		served := make(chan error, 1)
		go func() { served <- srv.Serve(streamtest.CountWrites(l, &writes)) }()
		conn, err := l.Dial()
		require.NoError(t, err)
		c := streamtest.NewClient(t, conn, nil)
		assert.Equal(t, "onetwo", c.Get("/").Text)
		assert.EqualValues(t, 2, writes.Load())
		require.NoError(t, srv.Close())
		assert.ErrorIs(t, <-served, http.ErrServerClosed)
	})
}

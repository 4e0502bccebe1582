package stream_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream"
)

// The time for the first head holds whatever a sweep does meanwhile: "one that found bytes
// before the wait for them had begun took the wait's bound away, and the client that had sent
// them stayed for ever".
func TestFirstHeadIsBounded(t *testing.T) {
	t.Parallel()
	const connections = 400
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	server := &http.Server{ReadHeaderTimeout: 200 * time.Millisecond}
	clients := make([]net.Conn, connections)
	for i := range clients {
		clients[i], err = net.Dial("tcp", ln.Addr().String())
		require.NoError(t, err)
		defer clients[i].Close()
		_, err = io.WriteString(clients[i], "GET / HTT")
		require.NoError(t, err)
		rwc, err := ln.Accept()
		require.NoError(t, err)
		h := &host{settings: stream.Settings{QueueSize: 1 << 20}, conn: make(chan *stream.Conn, 1), closed: make(chan struct{})}
		c := stream.Accept(rwc, nil, time.Now(), h, server, context.Background(), false)
		defer func() {
			c.Abort(stream.ErrClosed)
			<-h.closed
		}()
		served := make(chan struct{})
		go func() {
			close(served)
			h.loop(c)
		}()
		<-served
		for range 2000 { // at first at the moment at which the wait begins
			c.Sweep()
		}
	}
	for _, client := range clients {
		require.NoError(t, client.SetReadDeadline(time.Now().Add(30*time.Second)))
		_, err := io.Copy(io.Discard, client)
		if !assert.False(t, errors.Is(err, os.ErrDeadlineExceeded), "it is still there") {
			return
		}
	}
}

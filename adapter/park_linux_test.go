package adapter_test

import (
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestParked: a connection that is idle for long needs no goroutine, and does all that
// others do. It runs alone, for its count.
func TestParked(t *testing.T) {
	srv := &adapter.Server{Handler: text("ok")}
	s := streamtest.Serve(t, srv, &streamtest.Options{TCP: true})
	clients := make([]*streamtest.Client, 20)
	for i := range clients {
		clients[i] = s.Dial()
		clients[i].Get("/")
	}
	parked := func() bool { return loops() == 0 }
	require.Eventually(t, parked, patience, 50*time.Millisecond)
	for range 3 {
		for _, c := range clients {
			require.Equal(t, "ok", c.Get("/").Text)
		}
	}
	require.Eventually(t, parked, patience, 50*time.Millisecond)
	for i, c := range clients[:10] {
		if i%2 == 0 {
			c.Close()
		} else {
			c.Reset()
		}
	}
	for _, c := range clients[10:15] { // sent in pieces, or cut
		c.Send("GET / HT")
	}
	for _, c := range clients[10:15] {
		assert.Equal(t, "ok", c.Send("TP/1.1\r\nHost: a\r\n\r\n").Want("GET").Text)
	}
	require.Eventually(t, parked, patience, 50*time.Millisecond)
}

// TestShutdownOfParked: a shutdown finds connections that nobody waits for.
func TestShutdownOfParked(t *testing.T) {
	srv := &adapter.Server{Handler: text("ok")}
	s := streamtest.Serve(t, srv, &streamtest.Options{TCP: true})
	clients := make([]*streamtest.Client, 5)
	for i := range clients {
		clients[i] = s.Dial()
		clients[i].Get("/")
	}
	require.Eventually(t, func() bool { return loops() == 0 }, patience, 50*time.Millisecond)
	require.NoError(t, srv.Shutdown(t.Context()))
	for _, c := range clients {
		c.WantEnd()
	}
}

// TestSilentIsParked: neither does one that has not sent anything yet. Its first request
// may come in pieces.
func TestSilentIsParked(t *testing.T) {
	srv := &adapter.Server{Handler: text("ok")}
	s := streamtest.Serve(t, srv, &streamtest.Options{TCP: true})
	clients := make([]*streamtest.Client, 20)
	for i := range clients {
		clients[i] = s.Dial()
	}
	s.Dial().Get("/") // by then the others were accepted
	require.Eventually(t, func() bool { return loops() == 0 }, patience, 50*time.Millisecond)
	for i, c := range clients {
		switch i % 4 {
		case 0:
			c.Send("GET / HT")
			c.Send("TP/1.1\r\nHost: a\r\n\r\n")
			assert.Equal(t, "ok", c.Want("GET").Text)
		case 1:
			assert.Equal(t, "ok", c.Get("/").Text)
		case 2:
			c.CloseWrite()
			c.WantEnd()
		case 3:
			c.Reset()
		}
	}
}

//go:build !race

// The race detector has sync.Pool forget things at random, which are allocated anew.

package adapter_test

import (
	"io"
	"log/slog"
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestObserverAllocatesNothing: a request on a connection that was taken over costs the
// same memory with an Observer. Not parallel, because the whole process is counted.
func TestObserverAllocatesNothing(t *testing.T) {
	const request, head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nDate: Mon, 02 Jan 2006 15:04:05 GMT\r\nContent-Length: 0\r\n\r\n"
	each := func(o stream.Observer) float64 {
		srv := &adapter.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), Options: &adapter.Options{Observer: o}}
		s := streamtest.Serve(t, srv, &streamtest.Options{TCP: true})
		conn, q, p := s.Dial().Conn(), []byte(request), make([]byte, len(head))
		ask := func() {
			_, err := conn.Write(q)
			require.NoError(t, err)
			_, err = io.ReadFull(conn, p)
			require.NoError(t, err)
		}
		for range 100 {
			ask()
		}
		return testing.AllocsPerRun(500, ask)
	}
	without := each(nil)
	for name, o := range map[string]stream.Observer{
		"nothing done": stream.NopObserver{},
		"counted":      new(adapter.Counters),
		"logged":       adapter.Log(slog.New(slog.DiscardHandler), nil),
		"both":         adapter.Observers(new(adapter.Counters), stream.NopObserver{}),
	} {
		assert.InDelta(t, without, each(o), 0.5, "%s: %v allocations without", name, without)
	}
}

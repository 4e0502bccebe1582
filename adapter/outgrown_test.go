package adapter_test

import (
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHijackedCloseIsFelt: whoever hijacks a connection within the wait and closes it has
// closed it, although the handler goes on.
func TestHijackedCloseIsFelt(t *testing.T) {
	t.Parallel()
	seen := make(chan struct{})
	mux := http.NewServeMux()
	mux.Handle("/", text("ok"))
	mux.HandleFunc("/hijack", func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if assert.NoError(t, err) {
			assert.NoError(t, conn.Close())
			receive(t, seen, "the client's end")
		}
	})
	_, s := tcp(t, mux)
	c := warm(s)
	c.Send("GET /hijack HTTP/1.1\r\nHost: a\r\n\r\n")
	c.WantEnd()
	close(seen)
}

// TestServerCloseOfWhatHasOutgrown does not wait for the hook either.
func TestServerCloseOfWhatHasOutgrown(t *testing.T) {
	t.Parallel()
	begun, seen := make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.Handle("/", text("ok"))
	mux.Handle("/busy", adapter.Handler(hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
		_, err := s.NetConn()
		must("NetConn", err, nil)
		close(begun)
		receive(t, seen, "the client's end")
		return hooks.Reject
	})))
	srv, s := tcp(t, mux)
	c := warm(s)
	c.Send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n")
	receive(t, begun, "the hook")
	require.NoError(t, srv.Close())
	_, _ = c.Rest()
	close(seen)
}

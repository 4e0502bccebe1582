package adapter_test

import (
	"bufio"
	"net"
	"net/http"
	"testing"
	"time"

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

// TestCloseOfConnKnownBefore: a hook that has got the connection from the Stream of one
// request may close it while it serves another.
func TestCloseOfConnKnownBefore(t *testing.T) {
	t.Parallel()
	var known net.Conn
	closed := make(chan error, 1)
	mux := http.NewServeMux()
	mux.Handle("/", text("ok"))
	mux.Handle("/get", adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
		var err error
		known, err = s.NetConn()
		must("NetConn", err, nil)
		must("Send", s.Send([]byte("HTTP/1.1 204 No Content\r\n\r\n")), nil)
		return hooks.Continue
	})))
	mux.HandleFunc("/close", func(http.ResponseWriter, *http.Request) {
		done := make(chan error, 1)
		go func() { done <- known.Close() }()
		select {
		case err := <-done:
			closed <- err
		case <-time.After(patience):
			closed <- http.ErrHandlerTimeout
		}
	})
	_, s := tcp(t, mux)
	c := warm(s)
	c.Get("/get")
	c.Get("/")
	c.Send("GET /close HTTP/1.1\r\nHost: a\r\n\r\n")
	require.NoError(t, receive(t, closed, "the close"))
	c.WantEnd()
}

// keeper keeps the connections that are hijacked through it.
type keeper struct {
	http.ResponseWriter
	kept *net.Conn
}

// Hijack implements http.Hijacker.
func (k *keeper) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(k.ResponseWriter).Hijack()
	if err == nil {
		*k.kept = conn
	}
	return conn, rw, err
}

// TestCloseOfConnKnownToMiddleware does not wait for a hook either.
func TestCloseOfConnKnownToMiddleware(t *testing.T) {
	t.Parallel()
	var kept net.Conn
	closed := make(chan error, 1)
	closes := adapter.Handler(hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
		must("Send", s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")), nil)
		done := make(chan error, 1)
		go func() { done <- kept.Close() }()
		select {
		case err := <-done:
			closed <- err
		case <-time.After(patience):
			closed <- http.ErrHandlerTimeout
		}
		return hooks.Reject
	}))
	mux := http.NewServeMux()
	mux.Handle("/", text("ok"))
	mux.HandleFunc("/close", func(w http.ResponseWriter, r *http.Request) {
		closes.ServeHTTP(&keeper{w, &kept}, r)
	})
	_, s := tcp(t, mux)
	c := warm(s)
	c.Send("GET /close HTTP/1.1\r\nHost: a\r\n\r\n")
	require.NoError(t, receive(t, closed, "the close"))
}

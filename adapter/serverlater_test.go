package adapter_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
)

// What a request or a switch of one moment must not do to a later one.

// A first request is awaited, and answered, when keep-alive was switched off before it,
// however long it takes. This runs alone, to see that the connection rests.
func TestServerFirstRequestRests(t *testing.T) {
	srv := &adapter.Server{Handler: text("ok"), ReadHeaderTimeout: -1}
	s := start(t, srv, false)
	p := s.Dial()
	s.Dial().Get("/") // by then p was accepted
	srv.SetKeepAlivesEnabled(false)
	require.Eventually(t, func() bool { return loops() == 0 }, patience, 50*time.Millisecond)
	assert.Equal(t, http.StatusOK, p.Get("/").StatusCode)
}

// The time for a later request begins with its first byte, not behind its head.
func TestServerReadTimeoutOfLaterRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got := make(chan error, 2)
		s := startOver(t, &adapter.Server{ReadTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(r.Body)
			got <- err
		})}, false, nil)
		p := s.Dial()
		p.Get("/")
		require.NoError(t, <-got)
		for _, piece := range []string{"POST / HTTP/1.1\r\nHost: a\r\n", "Content-Length: 2\r\n\r\na", "b"} {
			_, _ = io.WriteString(p.Conn(), piece)
			time.Sleep(700 * time.Millisecond)
		}
		assert.Error(t, <-got, "1.4 s for a request that has one")
	})
}

// A request is refused under a write deadline of its own, not that of the one before.
func TestWriteDeadlineOfRefusal(t *testing.T) {
	t.Parallel()
	const timeout = 300 * time.Millisecond
	eager := func() http.Handler { return adapter.New(&adapter.Options{Takeover: adapter.Eager}).Wrap(text("ok")) }
	for name, open := range map[string]func() starter{
		"Server":   func() starter { return &adapter.Server{Handler: text("ok"), WriteTimeout: timeout} },
		"Eager":    func() starter { return &http.Server{Handler: eager(), WriteTimeout: timeout} },
		"net/http": func() starter { return &http.Server{Handler: text("ok"), WriteTimeout: timeout} },
	} {
		for _, second := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					p := startOver(t, open(), false, nil).Dial()
					if second {
						p.Get("/")
					}
					time.Sleep(2 * timeout)
					p.Send("GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n")
					assert.Equal(t, http.StatusBadRequest, p.Want(http.MethodGet).StatusCode)
				})
			})
		}
	}
}

// A handler that shuts down the http.Server it finds in its context ends nothing.
func TestServerOutlivesInnerShutdown(t *testing.T) {
	t.Parallel()
	s := start(t, &adapter.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = r.Context().Value(http.ServerContextKey).(*http.Server).Shutdown(ctx)
	})}, false)
	for range 2 {
		assert.Equal(t, http.StatusOK, s.Dial().Get("/").StatusCode)
	}
}

// A panic of ConnState ends its connection, as in net/http, and no more.
func TestServerConnStatePanics(t *testing.T) {
	t.Parallel()
	for _, state := range []http.ConnState{http.StateActive, http.StateIdle} {
		s := start(t, &adapter.Server{Handler: text("ok"), ConnState: func(_ net.Conn, s http.ConnState) {
			if s == state {
				panic("boom")
			}
		}}, false)
		_, err := s.Dial().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Rest()
		assert.NoError(t, err, "%v: closed", state)
	}
}

package adapter_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
)

// What a request or a switch of one moment must not do to a later one.

// A first request is awaited, and answered, when keep-alive was switched off before it,
// however long it takes.
func TestServerFirstRequestRests(t *testing.T) {
	t.Parallel()
	srv := &adapter.Server{Handler: text("ok"), ReadHeaderTimeout: -1}
	s := start(t, srv, false)
	p := dial(t, s)
	srv.SetKeepAlivesEnabled(false)
	time.Sleep(1700 * time.Millisecond) // beyond the first rest
	assert.Equal(t, http.StatusOK, p.get("/").StatusCode)
}

// The time for a later request begins with its first byte, not behind its head.
func TestServerReadTimeoutOfLaterRequest(t *testing.T) {
	t.Parallel()
	timed(t, "Server", false, func(t *testing.T, on network, d time.Duration) {
		got := make(chan error, 2)
		s := startOn(t, on, &adapter.Server{ReadTimeout: d, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(r.Body)
			got <- err
		})}, false)
		p := dial(t, s)
		p.get("/")
		require.NoError(t, <-got)
		time.Sleep(d / 2)
		since := time.Now()
		p.send("POST / HTTP/1.1\r\nHost: a\r\n")
		time.Sleep(d * 7 / 10)
		p.send("Content-Length: 2\r\n\r\na")
		assert.Error(t, receive(t, got, "the handler"), "1.4 times what a request has")
		on.took(t, d, since)
		_ = p.conn.Close() // a refusal waits to be read
	})
}

// A request is refused under a write deadline of its own, not that of the one before.
func TestWriteDeadlineOfRefusal(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T, d time.Duration) starter{
		"Server": func(_ *testing.T, d time.Duration) starter {
			return &adapter.Server{Handler: text("ok"), WriteTimeout: d}
		},
		"Eager": func(t *testing.T, d time.Duration) starter {
			eager := adapt(t, &adapter.Options{Takeover: adapter.Eager})
			return &http.Server{Handler: eager.Wrap(text("ok")), WriteTimeout: d}
		},
		"net/http": func(_ *testing.T, d time.Duration) starter {
			return &http.Server{Handler: text("ok"), WriteTimeout: d}
		},
	} {
		for _, second := range []bool{false, true} {
			timed(t, fmt.Sprint(name, " second ", second), second, func(t *testing.T, on network, d time.Duration) {
				p := dial(t, startOn(t, on, open(t, d), false))
				if second {
					p.get("/")
				}
				time.Sleep(2 * d)
				p.send("GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n")
				assert.Equal(t, http.StatusBadRequest, p.want(http.MethodGet).StatusCode)
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
		assert.Equal(t, http.StatusOK, dial(t, s).get("/").StatusCode)
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
		p := dial(t, s)
		p.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		_, err := io.Copy(io.Discard, p.br)
		assert.NoError(t, err, "%v: closed", state)
	}
}

package adapter_test

import (
	"bufio"
	"context"
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

type laterPeer struct {
	net.Conn
	br *bufio.Reader
}

func dialLater(t *testing.T, addr string) *laterPeer {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(30*time.Second)))
	return &laterPeer{c, bufio.NewReader(c)}
}

func (p *laterPeer) exchange(request string) (int, error) {
	if _, err := io.WriteString(p, request); err != nil {
		return 0, err
	}
	resp, err := http.ReadResponse(p.br, nil)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

const simpleGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

func sayOK(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }

// A first request is awaited, and answered, when keep-alive was switched off before it,
// however long it takes.
func TestServerFirstRequestRests(t *testing.T) {
	t.Parallel()
	srv := &adapter.Server{Handler: http.HandlerFunc(sayOK), ReadHeaderTimeout: -1}
	s := start(t, srv, false)
	p := dialLater(t, s.addr)
	srv.SetKeepAlivesEnabled(false)
	time.Sleep(1700 * time.Millisecond) // beyond the first rest
	status, err := p.exchange(simpleGet)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, status)
}

// The time for a later request begins with its first byte, not behind its head.
func TestServerReadTimeoutOfLaterRequest(t *testing.T) {
	t.Parallel()
	got := make(chan error, 2)
	s := start(t, &adapter.Server{ReadTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		got <- err
	})}, false)
	p := dialLater(t, s.addr)
	_, err := p.exchange(simpleGet)
	require.NoError(t, err)
	require.NoError(t, <-got)
	for _, piece := range []string{"POST / HTTP/1.1\r\nHost: a\r\n", "Content-Length: 2\r\n\r\na", "b"} {
		_, _ = io.WriteString(p, piece)
		time.Sleep(700 * time.Millisecond)
	}
	assert.Error(t, <-got, "1.4 s for a request that has one")
}

// A request is refused under a write deadline of its own, not that of the one before.
func TestWriteDeadlineOfRefusal(t *testing.T) {
	t.Parallel()
	const timeout = 300 * time.Millisecond
	eager := adapter.New(&adapter.Options{Takeover: adapter.Eager}).Wrap(http.HandlerFunc(sayOK))
	for name, open := range map[string]func() starter{
		"Server":   func() starter { return &adapter.Server{Handler: http.HandlerFunc(sayOK), WriteTimeout: timeout} },
		"Eager":    func() starter { return &http.Server{Handler: eager, WriteTimeout: timeout} },
		"net/http": func() starter { return &http.Server{Handler: http.HandlerFunc(sayOK), WriteTimeout: timeout} },
	} {
		for _, second := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p := dialLater(t, start(t, open(), false).addr)
				if second {
					_, err := p.exchange(simpleGet)
					require.NoError(t, err)
				}
				time.Sleep(2 * timeout)
				status, err := p.exchange("GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n")
				require.NoError(t, err)
				assert.Equal(t, http.StatusBadRequest, status)
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
		status, err := dialLater(t, s.addr).exchange(simpleGet)
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, status)
	}
}

// A panic of ConnState ends its connection, as in net/http, and no more.
func TestServerConnStatePanics(t *testing.T) {
	t.Parallel()
	for _, state := range []http.ConnState{http.StateActive, http.StateIdle} {
		s := start(t, &adapter.Server{Handler: http.HandlerFunc(sayOK), ConnState: func(_ net.Conn, s http.ConnState) {
			if s == state {
				panic("boom")
			}
		}}, false)
		p := dialLater(t, s.addr)
		_, _ = p.exchange(simpleGet)
		_, err := io.Copy(io.Discard, p.br)
		assert.NoError(t, err, "%v: closed", state)
	}
}

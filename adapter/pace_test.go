package adapter_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
)

// A client that sends its body a byte at a time does not hold the handler for ever,
// whether the body comes with the first request of a connection or a later one, and
// whether the handler reads it or leaves it to be thrown away.
func TestBodyTimeout(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name          string
		second, reads bool
	}{{"first, read", false, true}, {"second, read", true, true}, {"second, not read", true, false}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := make(chan error, 2)
			p := paced(t, func(w http.ResponseWriter, r *http.Request) {
				if row.reads && r.Method == http.MethodPost {
					_, err := io.ReadAll(r.Body)
					got <- err
				}
			})
			if row.second {
				p.get(t)
			}
			p.send(t, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
			closed := make(chan struct{})
			go func() {
				defer close(closed)
				_, _ = io.Copy(io.Discard, p.br)
			}()
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for open := true; open; {
				select {
				case <-closed:
					open = false
				case <-tick.C:
					_, _ = io.WriteString(p, "x")
				}
			}
			if row.reads {
				err := <-got
				assert.True(t, errors.Is(err, os.ErrDeadlineExceeded), "%v", err)
			}
		})
	}
}

// The time that counts is that of waiting: what the handler does meanwhile does not, nor
// is a body bounded as a whole.
func TestBodyTimeoutSparesTheHandler(t *testing.T) {
	t.Parallel()
	p := paced(t, func(w http.ResponseWriter, r *http.Request) {
		buf := make([]byte, 16<<10)
		for range 4 {
			time.Sleep(300 * time.Millisecond)
			if _, err := io.ReadFull(r.Body, buf); err != nil {
				panic(err)
			}
		}
	})
	p.get(t)
	p.send(t, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n"+string(make([]byte, 65536)))
	resp, err := http.ReadResponse(p.br, nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, resp.StatusCode)
}

// A handler that says how long it wants to wait is taken at its word.
func TestBodyTimeoutOfTheHandler(t *testing.T) {
	t.Parallel()
	got := make(chan error, 1)
	p := paced(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
			_, err := io.ReadAll(r.Body)
			got <- err
		}
	})
	p.get(t)
	p.send(t, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n")
	time.Sleep(4 * slow) // the body comes late
	p.send(t, "x")
	assert.NoError(t, <-got)
}

const slow = 250 * time.Millisecond

type pacedPeer struct {
	net.Conn
	br *bufio.Reader
}

// paced serves h, which answers GET as well, with a short BodyTimeout.
func paced(t *testing.T, h http.HandlerFunc) *pacedPeer {
	t.Helper()
	a := adapter.New(&adapter.Options{Takeover: adapter.Eager, BodyTimeout: slow})
	srv := httptest.NewUnstartedServer(a.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			h(w, r)
		}
	})))
	a.Register(srv.Config)
	srv.Start()
	t.Cleanup(srv.Close)
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	return &pacedPeer{conn, bufio.NewReader(conn)}
}

func (p *pacedPeer) send(t *testing.T, s string) {
	t.Helper()
	_, err := io.WriteString(p, s)
	require.NoError(t, err)
}

func (p *pacedPeer) get(t *testing.T) {
	t.Helper()
	p.send(t, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	resp, err := http.ReadResponse(p.br, nil)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
}

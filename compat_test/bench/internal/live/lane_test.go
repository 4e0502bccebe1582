//go:build linux

package live_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/bench/internal/live"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

const switching = "HTTP/1.1 101 Switching Protocols\r\n\r\n"

// TestWrongEchoes has a server send back something else.
func TestWrongEchoes(t *testing.T) {
	t.Parallel()
	const asked = 6 + 125 // bytes: a frame of the client's
	right := "\x81\x7d" + target.Notice
	for _, row := range []struct {
		name, head, echo string
		open, drive      string // errors, "" for none
	}{
		{name: "right", head: switching, echo: right},
		{name: "refused", head: "HTTP/1.1 403 Forbidden\r\n\r\n", open: "403 Forbidden"},
		{name: "no answer", open: "unexpected EOF"},
		{name: "binary", head: switching, echo: "\x82" + right[1:], drive: "behind 0 bytes of an echo"},
		{name: "too long", head: switching, echo: right + "\x81", drive: "behind 0 bytes of an echo"},
		{name: "too short", head: switching, echo: right[:100], drive: "closed by the server"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			addr := accept(t, func(conn net.Conn, in *bufio.Reader) {
				if _, err := http.ReadRequest(in); err != nil {
					return
				}
				io.WriteString(conn, row.head)
				if row.head == switching {
					io.CopyN(io.Discard, in, asked)
					io.WriteString(conn, row.echo)
				}
			})
			w := live.Echo
			w.Clients = 1
			lane, err := live.Open(addr, w)
			if row.open != "" {
				assert.ErrorContains(t, err, row.open)
				return
			}
			require.NoError(t, err)
			defer lane.Close()
			err = live.Drive([]*live.Lane{lane}, 1, 1)
			if row.drive == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, row.drive)
			}
		})
	}
}

// TestWrongPublications has a server publish something else than it was asked for.
func TestWrongPublications(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		send   string
		status int
		want   string // the error, "" for none
	}{
		{"right", target.Notice + "\n\n: a comment\n\n" + target.Notice, http.StatusNoContent, ""},
		{"too many", target.Notice + target.Notice + target.Notice, http.StatusNoContent, "3 notices of 2"},
		{"refused", target.Notice + target.Notice, http.StatusTeapot, "418"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			notices := make(chan string)
			mux := http.NewServeMux()
			mux.HandleFunc(target.EventsPath, func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, target.Notice)
				http.NewResponseController(w).Flush()
				select {
				case s := <-notices:
					io.WriteString(w, s)
				case <-r.Context().Done():
				}
				http.NewResponseController(w).Flush()
				<-r.Context().Done()
			})
			mux.HandleFunc(target.PublishPath, func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "2", r.FormValue("burst"))
				notices <- row.send
				w.WriteHeader(row.status)
			})
			srv := httptest.NewServer(mux)
			defer srv.Close()
			w := live.Event
			w.Clients, w.Burst = 1, 2
			lane, err := live.Open(srv.Listener.Addr().String(), w)
			require.NoError(t, err)
			defer lane.Close()
			err = live.Drive([]*live.Lane{lane}, 1, 1)
			if row.want == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, row.want)
			}
		})
	}
}

// TestMessages counts what clients get: all of them what is published, each its own
// echo.
func TestMessages(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 3*16, live.EchoBurst.Messages(3))
	assert.Equal(t, 3*16*2000, live.MessageBurst.Messages(3))
	assert.Equal(t, 3*500, live.Event.Messages(3))
}

// accept serves connections, each of which it closes then, and returns the address.
func accept(t *testing.T, serve func(conn net.Conn, in *bufio.Reader)) string {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	var all sync.WaitGroup
	t.Cleanup(func() {
		ln.Close()
		all.Wait()
	})
	all.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				serve(conn, bufio.NewReader(conn))
			})
		}
	})
	return ln.Addr().String()
}

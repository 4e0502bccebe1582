package adapter_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sendLast sends text and the end of the client's side as one packet, and waits until the
// server's system has it.
func sendLast(t *testing.T, c *streamtest.Client, text string) {
	t.Helper()
	raw, err := c.Conn().(*net.TCPConn).SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(fd uintptr) {
		assert.NoError(t, syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_CORK, 1))
	}))
	c.Send(text)
	c.CloseWrite()
	const established, finWait1 = 1, 4 // of TCP: the end is not on its way, or not confirmed
	require.Eventually(t, func() bool {
		var state [4]byte // begins with it
		require.NoError(t, raw.Control(func(fd uintptr) {
			info, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_INFO)
			assert.NoError(t, err)
			binary.NativeEndian.PutUint32(state[:], uint32(info))
		}))
		return state[0] != established && state[0] != finWait1
	}, patience, time.Millisecond)
}

// TestEndAlongWithRequest: an end of the client's side that has come by the time its
// last request is read is not reported by itself.
func TestEndAlongWithRequest(t *testing.T) {
	t.Parallel()
	begun, goOn := make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.Handle("/", text("ok"))
	mux.HandleFunc("/busy", func(http.ResponseWriter, *http.Request) {
		begun <- struct{}{}
		<-goOn
	})
	// With a short time-out a connection does not rest, which would find the end, too.
	srv := &adapter.Server{Handler: mux, IdleTimeout: 9 * time.Second}
	c := warm(streamtest.Serve(t, srv, &streamtest.Options{TCP: true, Patience: 5 * time.Second}))
	c.Send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n")
	receive(t, begun, "the handler")
	sendLast(t, c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	goOn <- struct{}{}
	c.Want("GET")
	assert.Equal(t, "ok", c.Want("GET").Text)
	c.WantEnd()
}

// TestEndWithinPacket: an end that came in the packet of the last request has its connection
// closed soon, not when its time is over, wherever that request met the connection. It runs
// alone, for the parked ones.
func TestEndWithinPacket(t *testing.T) {
	const get, post = "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok"
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	mux.Handle("/sent", adapter.Handler(hook(answers["sent"])))
	mux.Handle("/loop", adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		for {
			_ = s.Send(c.Response().Build())
			if _, err := s.NextRequest(); err != nil {
				return hooks.Reject
			}
		}
	}))
	for _, m := range mounts() {
		if m.mode != adapter.Eager {
			continue // what OnDemand takes over goes on as what Eager does
		}
		for _, idle := range []time.Duration{9 * time.Second, 0} { // the shorter one is set on the socket
			l := newLedger()
			h := m.with(t, mux, adapter.Options{Observer: l})
			s := serveOver(t, h, &http.Server{IdleTimeout: idle}, &streamtest.Options{TCP: true, Patience: 5 * time.Second})
			var clients []*streamtest.Client
			var answers []int
			open := func(before ...string) *streamtest.Client {
				c := s.Dial()
				for _, path := range before {
					c.Get(path)
				}
				clients = append(clients, c)
				return c
			}
			for _, before := range [][]string{{}, {"/"}, {"/", "/"}, {"/sent"}, {"/loop"}, {"/loop", "/"}} {
				for _, last := range []string{get, post, get + get, post + post + get, strings.Repeat(get, 300)} {
					sendLast(t, open(before...), last)
					answers = append(answers, strings.Count(last, "HTTP/1.1"))
				}
			}
			parked := func() []*streamtest.Client {
				return []*streamtest.Client{open("/"), open("/", "/"), open("/sent", "/")}
			}
			var quiet []*streamtest.Client
			if idle == 0 { // else none is parked, and their time is short
				quiet = parked()
			}
			for i, c := range clients[:len(answers)] {
				for range answers[i] {
					assert.Equal(t, http.StatusOK, c.Want("GET").StatusCode)
				}
				c.WantEnd()
			}
			if idle == 0 {
				require.Eventually(t, func() bool { return loops() == 0 }, patience, 20*time.Millisecond)
			} else {
				quiet = parked()
			}
			for _, c := range quiet {
				sendLast(t, c, get)
				c.Want("GET")
				c.WantEnd()
			}
			l.until(t, fmt.Sprint(m.name, " to close all of them"), func() bool { return len(l.open) == 0 })
			for _, end := range l.conns {
				assert.Equal(t, stream.ClosedByClient, end.Reason)
			}
		}
	}
}

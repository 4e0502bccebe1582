package http1_test

import (
	"bytes"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// packets returns a connection that keeps each write system call apart: what one
// call wrote is what one Read of the peer returns.
func packets(t *testing.T) (server, peer *net.UnixConn) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	var conns [2]*net.UnixConn
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "")
		c, err := net.FileConn(f)
		require.NoError(t, err)
		f.Close()
		t.Cleanup(func() { c.Close() })
		conns[i] = c.(*net.UnixConn)
	}
	return conns[0], conns[1]
}

// What is meant to leave together is one write system call.
func TestSystemCalls(t *testing.T) {
	t.Parallel()
	list := func(n, size int) (frames [][]byte) {
		for range n {
			frames = append(frames, bytes.Repeat([]byte("x"), size))
		}
		return frames
	}
	for _, c := range []struct {
		what string
		call func(*http1.Outbound) error
		want []int // bytes of each system call
	}{
		{"SendList of 100 small frames", func(o *http1.Outbound) error { return o.Send(nil, list(100, 20)...) }, []int{2000}},
		{"SendList of 100 frames to gather", func(o *http1.Outbound) error { return o.Send(nil, list(100, 200)...) }, []int{20000}},
		{"SendList of 3 large frames", func(o *http1.Outbound) error { return o.Send(nil, list(3, 20<<10)...) }, []int{60 << 10}},
		{"TrySendList of 100 small frames", func(o *http1.Outbound) error { return o.TrySend(nil, list(100, 20)...) }, []int{2000}},
		{"TrySendList of 3 large frames", func(o *http1.Outbound) error { return o.TrySend(nil, list(3, 20<<10)...) }, []int{60 << 10}},
		{"small Writes and a Flush", func(o *http1.Outbound) error {
			for range 100 {
				if err := o.Write([]byte("0123456789")); err != nil {
					return err
				}
			}
			return o.Flush()
		}, []int{1000}},
		{"a head and a large body", func(o *http1.Outbound) error {
			if err := o.Write(make([]byte, 200)); err != nil {
				return err
			}
			return o.Write(make([]byte, 50<<10))
		}, []int{200 + 50<<10}},
		{"a write under a deadline", func(o *http1.Outbound) error {
			o.SetDeadline(time.Now().Add(time.Hour))
			return o.Send(nil, list(3, 20<<10)...)
		}, []int{60 << 10}},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			server, peer := packets(t)
			conn := http1.NewConn(server, http1.Config{QueueSize: 1 << 20})
			require.True(t, conn.Raw())
			require.NoError(t, c.call(conn.Out))
			conn.Release()
			var got []int
			for buf := make([]byte, 256<<10); ; {
				n, err := peer.Read(buf)
				if n == 0 {
					require.Contains(t, []error{nil, io.EOF}, err)
					break
				}
				got = append(got, n)
			}
			assert.Equal(t, c.want, got)
		})
	}
}

// A response of the usual kind leaves in one system call, as soon as it is complete;
// together with others if a further request has come.
func TestSystemCallsOfAResponse(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		early   string
		flushes bool // each answer
		want    []int
	}{
		{"", false, []int{1, 1, 1}},
		{"", true, []int{1, 1, 1}},
		{"G", false, []int{3}},
		{"G", true, []int{1, 1, 1}},
	} {
		server, peer := packets(t)
		conn := http1.NewConn(server, http1.Config{QueueSize: 1 << 20, Early: []byte(row.early)})
		for range 3 {
			w := respond(conn, &host{}, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			_, err := w.Write([]byte("hello"))
			require.NoError(t, err)
			require.True(t, w.Finish())
			if row.flushes {
				require.NoError(t, conn.Out.Flush())
			}
		}
		require.NoError(t, conn.Out.Flush())
		conn.Release()
		buf := make([]byte, 64<<10)
		for _, want := range row.want {
			n, err := peer.Read(buf)
			require.NoError(t, err)
			assert.Equal(t, want, strings.Count(string(buf[:n]), "\r\n\r\nhello"))
		}
		n, _ := peer.Read(buf)
		assert.Zero(t, n)
	}
}

// A chunk that is too large to wait leaves whole, its end included.
func TestSystemCallsOfAChunk(t *testing.T) {
	t.Parallel()
	server, peer := packets(t)
	conn := http1.NewConn(server, http1.Config{QueueSize: 1 << 20})
	defer conn.Release()
	w := respond(conn, &host{}, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	for _, n := range []int{10_000, 20_000} { // copied together and gathered
		w.Flush()
		_, err := w.Write(bytes.Repeat([]byte("x"), n))
		require.NoError(t, err)
	}
	buf := make([]byte, 64<<10)
	for _, want := range []string{"HTTP/1.1 200 OK\r\n", "2710\r\n", "4e20\r\n"} {
		n, err := peer.Read(buf)
		require.NoError(t, err)
		assert.Equal(t, want, string(buf[:len(want)]))
		assert.Equal(t, "\r\n", string(buf[n-2:n]))
	}
}

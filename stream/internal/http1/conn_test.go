package http1_test

import (
	"bufio"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// everyCarrier runs f over each kind of connection.
func everyCarrier(t *testing.T, f func(t *testing.T, server, client net.Conn)) {
	t.Helper()
	t.Parallel()
	for _, kind := range carriers {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			server, client := kind.open(t)
			f(t, server, client)
		})
	}
}

// send writes to the peer without waiting for it to read.
func send(t *testing.T, client net.Conn, p string) {
	t.Helper()
	sent := later(func() error {
		_, err := io.WriteString(client, p)
		return err
	})
	t.Cleanup(func() {
		client.Close()
		<-sent
	})
}

func readN(t *testing.T, r io.Reader, n int) string {
	t.Helper()
	p := make([]byte, n)
	_, err := io.ReadFull(r, p)
	require.NoError(t, err)
	return string(p)
}

// What was read before comes first, whatever its size beside the buffer's.
func TestEarlyBytes(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, client net.Conn) {
		send(t, client, get+"end")
		for i, size := range []int{0, 16, 64, 4096, 4097, 10000} {
			early := []byte(strings.Repeat("e", []int{1, 16, 300, 4096, 4096, 9999}[i]))
			c := http1.NewConn(server, http1.Config{Early: early, BufferSize: size})
			assert.Equal(t, len(early), c.Buffered())
			require.NoError(t, c.WaitReadable(), "there is something to read")
			clear(early[1:]) // it was net/http's buffer
			assert.Equal(t, strings.Repeat("e", len(early)), readN(t, c.Reader(), len(early)))
			assert.Zero(t, c.Buffered())
		}
		c := http1.NewConn(server, http1.Config{Early: []byte(get + get[:5])})
		assert.True(t, c.HeadBuffered())
		_, err := http1.ReadRequest(c.Reader(), &wide)
		require.NoError(t, err)
		assert.False(t, c.HeadBuffered())
		assert.Equal(t, get[:5], readN(t, c.Reader(), 5))
		_, err = http1.ReadRequest(c.Reader(), &wide)
		require.NoError(t, err, "and then it goes on from the connection")
		assert.Equal(t, "end", readN(t, c.Reader(), 3))
		c.Release()
	})
}

// While it waits for a request an idle connection holds no buffer, and what comes in
// the end is all there.
func TestWaitReadable(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, client net.Conn) {
		c := http1.NewConn(server, http1.Config{})
		t.Cleanup(c.Release)
		for range 3 {
			require.NoError(t, c.SetReadDeadline(time.Now().Add(-time.Second), false))
			assert.ErrorIs(t, c.WaitReadable(), os.ErrDeadlineExceeded)
			assert.Zero(t, c.Buffered())
			assert.Equal(t, !c.Raw(), c.HoldsBuffer(), "where the platform allows")
		}
		require.NoError(t, c.SetReadDeadline(time.Time{}, false))
		waited := later(c.WaitReadable)
		send(t, client, get+get)
		require.NoError(t, <-waited)
		assert.NotZero(t, c.Buffered())
		require.NoError(t, c.WaitReadable(), "at once")
		for range 2 {
			_, err := http1.ReadRequest(c.Reader(), &wide)
			require.NoError(t, err)
		}
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Millisecond), false))
		assert.ErrorIs(t, c.WaitReadable(), os.ErrDeadlineExceeded)
		assert.Equal(t, !c.Raw(), c.HoldsBuffer(), "the used one is given back")

		require.NoError(t, c.SetReadDeadline(time.Time{}, false))
		client.Close()
		assert.Equal(t, io.EOF, c.WaitReadable())
	})
}

// Raw says where there is a descriptor to try on.
func TestRaw(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, _ net.Conn) {
		_, tcp := server.(*net.TCPConn)
		c := http1.NewConn(server, http1.Config{})
		assert.Equal(t, tcp && runtime.GOOS != "windows", c.Raw())
		assert.Same(t, server, c.Net())
		c.Release()
		c = http1.NewConn(struct{ net.Conn }{server}, http1.Config{})
		assert.False(t, c.Raw(), "a wrapper sees every byte")
		c.Release()
	})
}

// A reset that meets WaitReadable is an error, not an end.
func TestWaitReadableMeetsReset(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t)
	c := http1.NewConn(server, http1.Config{})
	t.Cleanup(c.Release)
	waited := later(c.WaitReadable)
	require.NoError(t, client.SetLinger(0))
	client.Close()
	err := <-waited
	require.Error(t, err)
	assert.NotEqual(t, io.EOF, err)
}

// Closing the connection ends a wait under way.
func TestCloseEndsWaitReadable(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, _ net.Conn) {
		c := http1.NewConn(server, http1.Config{})
		waited := later(c.WaitReadable)
		c.Close(http1.ErrClosed)
		assert.Error(t, <-waited)
		c.Release()
	})
}

// Deadlines that were left on the connection are cleared.
func TestNewConnClearsDeadlines(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, client net.Conn) {
		require.NoError(t, server.SetDeadline(time.Unix(1, 0)))
		c := http1.NewConn(server, http1.Config{QueueSize: 100})
		t.Cleanup(c.Release)
		send(t, client, "x")
		require.NoError(t, c.WaitReadable())
		got := later(func() error {
			_, err := io.ReadFull(client, make([]byte, 1))
			return err
		})
		require.NoError(t, c.Out.Send(nil, []byte("y")))
		require.NoError(t, <-got)
	})
}

// A buffer serves one connection after the other, but not while somebody may still
// have it.
func TestReadersAreUsedAgain(t *testing.T) {
	t.Parallel()
	open := func() *http1.Conn {
		server, client := net.Pipe()
		client.Close()
		return http1.NewConn(server, http1.Config{})
	}
	again := 0
	for range 200 {
		c := open()
		br := c.Reader()
		c.Release()
		d := open()
		if d.Reader() == br {
			again++
		}
		d.Release()
	}
	assert.NotZero(t, again, "the pool is not used")

	lent := map[*bufio.Reader]bool{}
	for range 200 {
		c := open()
		br := c.Reader()
		require.False(t, lent[br], "somebody still has it")
		lent[br] = true
		c.Lend()
		c.Release()
	}
}

// A body that is read when the connection is long gone finds an end, not the next
// connection's bytes.
func TestLentReaderEnds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		server, client := net.Pipe()
		c := http1.NewConn(server, http1.Config{})
		read := later(func() error {
			_, err := c.Reader().ReadByte()
			return err
		})
		synctest.Wait()
		c.Lend()
		c.Release()
		assert.Error(t, <-read)
		client.Close()
	})
}

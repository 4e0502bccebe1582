package streamtest_test

import (
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/nettest"

	"github.com/onramp-go/onramp/stream/streamtest"
)

// TestConformance runs what x/net asks of every net.Conn.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]*streamtest.Options{
		"defaults": nil,
		"tight":    {Window: 100, Segment: 7},
		"delayed":  {Latency: time.Microsecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
				client, server := streamtest.Pipe(opts)
				return client, server, func() { client.Close(); server.Close() }, nil
			})
		})
	}
}

// inPipe runs test on the ends of a connection, in a bubble of its own.
func inPipe(t *testing.T, opts *streamtest.Options, test func(t *testing.T, client, server *streamtest.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		client, server := streamtest.Pipe(opts)
		defer client.Close()
		defer server.Close()
		test(t, client, server)
	})
}

// readAll reads to the end, whatever the end is.
func readAll(conn net.Conn) (string, error) {
	p, err := io.ReadAll(conn)
	return string(p), err
}

func write(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	n, err := io.WriteString(conn, text)
	require.NoError(t, err)
	require.Equal(t, len(text), n)
}

// What is left in a connection when it ends, for both sides.
func TestEnds(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		end  func(client *streamtest.Conn)
		// What the server, which has sent "unread", finds.
		got   string
		read  error // nil: io.EOF
		write error // of the second write: the first may get away
	}{
		{"half-close", func(c *streamtest.Conn) { c.CloseWrite() }, "said", nil, nil},
		{"close", func(c *streamtest.Conn) { io.ReadFull(c, make([]byte, 6)); c.Close() }, "said", nil, syscall.EPIPE},
		{"close over unread bytes", func(c *streamtest.Conn) { c.Close() }, "", syscall.ECONNRESET, syscall.ECONNRESET},
		{"reset", func(c *streamtest.Conn) { io.ReadFull(c, make([]byte, 6)); c.Reset() }, "", syscall.ECONNRESET, syscall.ECONNRESET},
		{"half-close, then close", func(c *streamtest.Conn) { io.ReadFull(c, make([]byte, 6)); c.CloseWrite(); c.Close() }, "said", nil, syscall.EPIPE},
		{"reset, then close", func(c *streamtest.Conn) { c.Reset(); c.Close() }, "", syscall.ECONNRESET, syscall.ECONNRESET},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			inPipe(t, nil, func(t *testing.T, client, server *streamtest.Conn) {
				write(t, client, "said")
				write(t, server, "unread")
				row.end(client)
				got, err := readAll(server)
				assert.Equal(t, row.got, got)
				assert.ErrorIs(t, err, row.read)
				_, _ = server.Write([]byte("x"))
				_, err = server.Write([]byte("x"))
				assert.ErrorIs(t, err, row.write)
				_, err = client.Write([]byte("x"))
				assert.Error(t, err, "the client has ended its side")
			})
		})
	}
}

// A write to an end that was closed gets away; the network answers with a reset, behind
// what had come.
func TestWriteToClosed(t *testing.T) {
	t.Parallel()
	inPipe(t, nil, func(t *testing.T, client, server *streamtest.Conn) {
		write(t, server, "the answer")
		require.NoError(t, server.Close())
		write(t, client, "too late")
		_, err := client.Write([]byte("x"))
		assert.ErrorIs(t, err, syscall.EPIPE)
		got, err := readAll(client)
		assert.Equal(t, "the answer", got)
		assert.NoError(t, err, "the end had come before the reset")
	})
}

// Errors look as those of package net do, for whoever asks what they are.
func TestErrors(t *testing.T) {
	t.Parallel()
	inPipe(t, nil, func(t *testing.T, client, server *streamtest.Conn) {
		require.NoError(t, client.SetReadDeadline(time.Now().Add(time.Second)))
		_, err := client.Read(make([]byte, 1))
		var timeout net.Error
		require.ErrorAs(t, err, &timeout)
		assert.True(t, timeout.Timeout())
		assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.EqualError(t, err, "read tcp 192.0.2.2:1024->192.0.2.1:80: i/o timeout")
		client.Reset()
		_, err = server.Read(make([]byte, 1))
		assert.EqualError(t, err, "read tcp 192.0.2.1:80->192.0.2.2:1024: "+syscall.ECONNRESET.Error())
		for _, err := range []error{client.Close(), client.CloseWrite(), client.SetDeadline(time.Time{})} {
			assert.ErrorIs(t, err, net.ErrClosed)
		}
	})
}

// A writer waits for room, and what it got rid of by its deadline is not lost.
func TestWindow(t *testing.T) {
	t.Parallel()
	inPipe(t, &streamtest.Options{Window: 10}, func(t *testing.T, client, server *streamtest.Conn) {
		start := time.Now()
		require.NoError(t, server.SetWriteDeadline(start.Add(time.Minute)))
		n, err := server.Write([]byte(strings.Repeat("x", 15)))
		assert.Equal(t, 10, n)
		assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Equal(t, time.Minute, time.Since(start))

		require.NoError(t, server.SetWriteDeadline(time.Time{}))
		done := make(chan int, 1)
		go func() {
			n, _ := server.Write([]byte("12345"))
			done <- n
		}()
		synctest.Wait()
		assert.Empty(t, done, "there is no room")
		_, err = io.ReadFull(client, make([]byte, 4))
		require.NoError(t, err)
		synctest.Wait()
		assert.Empty(t, done, "there is room for four")
		_, err = io.ReadFull(client, make([]byte, 1))
		require.NoError(t, err)
		synctest.Wait()
		assert.Equal(t, 5, <-done)
	})
}

// Without a window nobody waits.
func TestNoWindow(t *testing.T) {
	t.Parallel()
	inPipe(t, &streamtest.Options{Window: -1}, func(t *testing.T, client, server *streamtest.Conn) {
		write(t, server, strings.Repeat("x", 1<<20))
		server.Close()
		got, err := readAll(client)
		assert.NoError(t, err)
		assert.Len(t, got, 1<<20)
	})
}

// Writers that wait do not interleave.
func TestWritersTakeTurns(t *testing.T) {
	t.Parallel()
	inPipe(t, &streamtest.Options{Window: 3}, func(t *testing.T, client, server *streamtest.Conn) {
		for _, text := range []string{"aaaaaaa", "bbbbbbb", "ccccccc"} {
			go server.Write([]byte(text))
		}
		for range 3 {
			p := make([]byte, 7)
			_, err := io.ReadFull(client, p)
			require.NoError(t, err)
			assert.Equal(t, strings.Repeat(string(p[:1]), 7), string(p))
		}
	})
}

// A waiting writer gives up its place at its own deadline.
func TestWriterInLineTimesOut(t *testing.T) {
	t.Parallel()
	inPipe(t, &streamtest.Options{Window: 1}, func(t *testing.T, client, server *streamtest.Conn) {
		require.NoError(t, server.SetWriteDeadline(time.Now().Add(time.Second)))
		errs := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := server.Write([]byte("too much"))
				errs <- err
			}()
		}
		for range 2 {
			assert.ErrorIs(t, <-errs, os.ErrDeadlineExceeded)
		}
	})
}

// Reads return what one write brought, no more than a segment of it, when it has arrived.
func TestSegmentsAndLatency(t *testing.T) {
	t.Parallel()
	inPipe(t, &streamtest.Options{Segment: 3, Latency: time.Second}, func(t *testing.T, client, server *streamtest.Conn) {
		start := time.Now()
		write(t, client, "12345")
		time.Sleep(300 * time.Millisecond)
		write(t, client, "67")
		client.Close()
		p := make([]byte, 10)
		for _, want := range []struct {
			text string
			at   time.Duration
		}{
			{"123", time.Second}, {"45", time.Second},
			{"67", 1300 * time.Millisecond}, {"", 1300 * time.Millisecond},
		} {
			n, err := server.Read(p)
			assert.Equal(t, want.text, string(p[:n]))
			assert.Equal(t, want.text == "", err == io.EOF)
			assert.Equal(t, want.at, time.Since(start))
		}
	})
}

// A deadline does not wait for what is still under way.
func TestDeadlineBeforeArrival(t *testing.T) {
	t.Parallel()
	inPipe(t, &streamtest.Options{Latency: time.Minute}, func(t *testing.T, client, server *streamtest.Conn) {
		write(t, client, "x")
		require.NoError(t, server.SetReadDeadline(time.Now().Add(time.Second)))
		_, err := server.Read(make([]byte, 1))
		assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.NoError(t, server.SetReadDeadline(time.Time{}))
		n, err := server.Read(make([]byte, 1))
		assert.NoError(t, err)
		assert.Equal(t, 1, n)
	})
}

// ResetAfter cuts a write in the middle.
func TestResetAfter(t *testing.T) {
	t.Parallel()
	for _, window := range []int{0, 2} {
		inPipe(t, &streamtest.Options{Window: window}, func(t *testing.T, client, server *streamtest.Conn) {
			write(t, client, "?!")
			got := make(chan string, 1)
			client.ResetAfter(7)
			go func() {
				text, err := readAll(client)
				assert.ErrorIs(t, err, syscall.ECONNRESET)
				got <- text
			}()
			write(t, server, "1234")
			n, err := server.Write([]byte("56789"))
			assert.Equal(t, 3, n)
			assert.ErrorIs(t, err, syscall.ECONNRESET)
			assert.Equal(t, "1234567", <-got)
			_, err = readAll(server)
			assert.ErrorIs(t, err, syscall.ECONNRESET)
			_, err = client.Write([]byte("x"))
			assert.ErrorIs(t, err, syscall.ECONNRESET)
		})
	}
}

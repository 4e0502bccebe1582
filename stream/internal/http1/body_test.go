package http1_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// bodyOf reads a head off br and returns the body behind it.
func bodyOf(t *testing.T, br *bufio.Reader) (*http.Request, *http1.Body) {
	t.Helper()
	r, err := http1.ReadRequest(br, &wide)
	require.NoError(t, err)
	b := http1.NewBody(br, r, &wide)
	require.NotNil(t, b)
	return r, b
}

func fixedHead(n string) string {
	return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + n + "\r\n\r\n"
}

func TestNoBody(t *testing.T) {
	for _, in := range []string{fixedHead("0"), "POST / HTTP/1.1\r\nHost: a\r\n\r\n"} {
		br := bufio.NewReader(strings.NewReader(in))
		r, err := http1.ReadRequest(br, &wide)
		require.NoError(t, err)
		assert.Nil(t, http1.NewBody(br, r, &wide))
	}
}

func TestFixedBody(t *testing.T) {
	everySplit(t, fixedHead("5")+"helloGET", func(t *testing.T, br *bufio.Reader) {
		_, b := bodyOf(t, br)
		assert.Equal(t, int64(5), b.Remaining())
		n, err := b.Read(nil)
		assert.Zero(t, n)
		assert.NoError(t, err)
		p := make([]byte, 2)
		_, err = io.ReadFull(b, p)
		require.NoError(t, err)
		assert.Equal(t, "he", string(p))
		assert.Equal(t, int64(3), b.Remaining())
		assert.False(t, b.AtEOF())
		rest, err := io.ReadAll(b)
		require.NoError(t, err)
		assert.Equal(t, "llo", string(rest))
		assert.True(t, b.AtEOF())
		assert.NoError(t, b.Err())
		assert.Zero(t, b.Remaining())
		n, err = b.Read(p)
		assert.Zero(t, n)
		assert.Equal(t, io.EOF, err)
		next, err := io.ReadAll(br)
		require.NoError(t, err)
		assert.Equal(t, "GET", string(next))
	})
}

func TestNewFixedBody(t *testing.T) {
	for _, n := range []int64{0, -1} {
		b := http1.NewFixedBody(bufio.NewReader(failing{errors.New("read")}), n)
		assert.True(t, b.AtEOF())
		assert.True(t, b.Drain(0))
		assert.Zero(t, b.Remaining())
		_, err := b.Read(make([]byte, 1))
		assert.Equal(t, io.EOF, err)
	}
}

// The last bytes bring the end along: a handler that reads exactly the content has
// read the body.
func TestEndComesWithTheLastBytes(t *testing.T) {
	for _, in := range []string{
		fixedHead("5") + "hello",
		chunkedHead + "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
		chunkedHead + "5\r\nhello\r\n000;x\r\na: b\r\n\r\n",
	} {
		_, b := bodyOf(t, bufio.NewReader(strings.NewReader(in)))
		n, err := b.Read(make([]byte, 5))
		assert.Equal(t, 5, n)
		assert.Equal(t, io.EOF, err)
		assert.True(t, b.AtEOF())
	}
}

// What has arrived is returned; for a chunk that has not begun nothing is waited for.
func TestReadDoesNotWaitForMore(t *testing.T) {
	for _, in := range []string{
		fixedHead("9") + "hello",
		chunkedHead + "5\r\nhello",
		chunkedHead + "5\r\nhello\r",
		chunkedHead + "5\r\nhello\r\n",
		chunkedHead + "2\r\nhe\r\n3\r\nllo\r\n1",
		chunkedHead + "5\r\nhello\r\n1\r",
		chunkedHead + "5\r\nhello\r\n0\r\n",
		chunkedHead + "5\r\nhello\r\n0\r\n\r",
		chunkedHead + "5\r\nhello\r\n0;x\r\na: b\r\n",
	} {
		client, server := net.Pipe()
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			_, _ = io.WriteString(client, in)
		}()
		br := bufio.NewReader(server)
		_, b := bodyOf(t, br)
		n, err := b.Read(make([]byte, 100)) // the pipe stays open: waiting would be for good
		assert.Equal(t, 5, n, "%q", in)
		assert.NoError(t, err, "%q", in)
		assert.False(t, b.AtEOF(), "%q", in)
		<-sent
		require.NoError(t, client.Close())
		_, err = io.ReadAll(b)
		assert.Equal(t, io.ErrUnexpectedEOF, err, "%q", in)
		assert.Equal(t, io.ErrUnexpectedEOF, b.Err(), "%q", in)
		assert.False(t, b.Drain(1<<20), "%q", in)
		require.NoError(t, server.Close())
	}
}

// A read that has begun a chunk is filled from it, in however many pieces it comes: as
// with net/http, a handler that copies its request does not begin to answer within one.
func TestReadFillsFromChunk(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	go func() {
		for _, piece := range []string{chunkedHead + "9\r\nhe", "llo", "you", "!\r\n2"} {
			_, _ = io.WriteString(client, piece)
		}
	}()
	_, b := bodyOf(t, bufio.NewReader(server))
	p := make([]byte, 100)
	n, err := b.Read(p)
	require.NoError(t, err)
	assert.Equal(t, "helloyou!", string(p[:n]))
}

func TestBodyCut(t *testing.T) {
	boom := errors.New("boom")
	for _, in := range []string{
		fixedHead("5") + "hell",
		chunkedHead + "3;x\r\nabc\r\n0\r\nx: y\r\n\r",
	} {
		head := strings.Index(in, "\r\n\r\n") + 4
		for i := head; i <= len(in); i++ {
			for fail, want := range map[error]error{io.EOF: io.ErrUnexpectedEOF, boom: boom} {
				br := bufio.NewReader(io.MultiReader(strings.NewReader(in[:i]), failing{fail}))
				_, b := bodyOf(t, br)
				_, err := io.ReadAll(b)
				assert.Equal(t, want, err, "%q", in[:i])
				assert.Equal(t, want, b.Err())
				assert.False(t, b.AtEOF())
				_, err = b.Read(make([]byte, 1))
				assert.Equal(t, want, err, "the error stays")

				br = bufio.NewReader(io.MultiReader(strings.NewReader(in[:i]), failing{fail}))
				_, b = bodyOf(t, br)
				assert.False(t, b.Drain(1<<20))
				assert.Equal(t, want, b.Err())
			}
		}
	}
}

func TestBodyClose(t *testing.T) {
	for _, in := range []string{fixedHead("5") + "hello", chunkedHead + "5\r\nhello\r\n0\r\n\r\n"} {
		_, b := bodyOf(t, bufio.NewReader(strings.NewReader(in)))
		require.NoError(t, b.Close())
		require.NoError(t, b.Close())
		_, err := b.Read(make([]byte, 1))
		assert.Equal(t, http.ErrBodyReadAfterClose, err)
		assert.NoError(t, b.Err())
		assert.False(t, b.AtEOF())
		assert.True(t, b.Drain(5))
		assert.True(t, b.AtEOF())
		_, err = b.Read(make([]byte, 1))
		assert.Equal(t, http.ErrBodyReadAfterClose, err)
	}
}

func TestDrain(t *testing.T) {
	everySplit(t, fixedHead("5")+"hello!", func(t *testing.T, br *bufio.Reader) {
		_, b := bodyOf(t, br)
		assert.False(t, b.Drain(4), "more is left")
		assert.Equal(t, int64(5), b.Remaining(), "and was not read")
		assert.False(t, b.Drain(-1))
		assert.True(t, b.Drain(5))
		assert.True(t, b.Drain(0))
		next, err := br.ReadByte()
		require.NoError(t, err)
		assert.Equal(t, byte('!'), next)
	})
	everySplit(t, chunkedHead+"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nx: y\r\n\r\n!", func(t *testing.T, br *bufio.Reader) {
		r, b := bodyOf(t, br)
		assert.Equal(t, int64(-1), b.Remaining())
		assert.False(t, b.Drain(4), "more is left")
		assert.NoError(t, b.Err())
		assert.False(t, b.Drain(0))
		assert.True(t, b.Drain(1), "one byte was left")
		assert.Equal(t, http.Header{"X": {"y"}}, r.Trailer)
		next, err := br.ReadByte()
		require.NoError(t, err)
		assert.Equal(t, byte('!'), next)
	})
	_, b := bodyOf(t, bufio.NewReader(strings.NewReader(chunkedHead+"0\r\n\r\n")))
	assert.False(t, b.Drain(-1), "nothing may be read")
	assert.True(t, b.Drain(0), "the end takes no content")
	_, b = bodyOf(t, bufio.NewReader(strings.NewReader(chunkedHead+"x\r\n\r\n")))
	assert.False(t, b.Drain(9))
	assert.Equal(t, 400, status(b.Err()))
}

// An attacker's 1 GB that nobody reads is not read by Drain either.
func TestDrainReadsNoMoreThanItMay(t *testing.T) {
	in := &endless{head: fixedHead("1000000000"), more: "x"}
	br := bufio.NewReader(in)
	_, b := bodyOf(t, br)
	assert.False(t, b.Drain(256<<10))
	assert.LessOrEqual(t, in.taken, 4096)

	in = &endless{head: chunkedHead + "fffffff\r\n", more: "x"}
	_, b = bodyOf(t, bufio.NewReader(in))
	assert.False(t, b.Drain(256<<10))
	assert.LessOrEqual(t, in.taken, 256<<10+2*4096)
}

func TestHooks(t *testing.T) {
	var calls []string
	in := fixedHead("5") + "hello"
	_, b := bodyOf(t, bufio.NewReader(strings.NewReader(in)))
	b.BeforeRead = func() error {
		calls = append(calls, "before")
		_ = b.AtEOF() // hooks may ask
		return nil
	}
	b.AfterRead = func(_ int64, err error) {
		if err == nil {
			calls = append(calls, "after")
		} else {
			calls = append(calls, err.Error())
		}
	}
	_, _ = b.Read(nil)
	assert.Empty(t, calls, "a Read of nothing touches nothing")
	p := make([]byte, 3)
	_, err := io.ReadFull(b, p)
	require.NoError(t, err)
	assert.Equal(t, []string{"before", "after"}, calls)
	_, err = io.ReadFull(b, p[:2])
	require.NoError(t, err)
	assert.Equal(t, []string{"before", "after", "before", "EOF"}, calls)
	_, err = b.Read(p)
	assert.Equal(t, io.EOF, err)
	assert.Len(t, calls, 4, "nothing is read behind the end")

	_, b = bodyOf(t, bufio.NewReader(strings.NewReader(in)))
	calls = nil
	b.BeforeRead = func() error { calls = append(calls, "before"); return nil }
	b.AfterRead = func(_ int64, err error) { calls = append(calls, "after") }
	require.NoError(t, b.Close())
	_, _ = b.Read(p)
	assert.Empty(t, calls)
	assert.True(t, b.Drain(5))
	assert.Equal(t, []string{"before", "after"}, calls)
}

func TestBeforeReadRefuses(t *testing.T) {
	boom := errors.New("boom")
	for _, in := range []string{fixedHead("5") + "hello", chunkedHead + "5\r\nhello\r\n0\r\n\r\n"} {
		br := bufio.NewReader(strings.NewReader(in))
		_, b := bodyOf(t, br)
		buffered := br.Buffered()
		b.BeforeRead = func() error { return boom }
		b.AfterRead = func(int64, error) { t.Error("nothing was read") }
		n, err := b.Read(make([]byte, 9))
		assert.Zero(t, n)
		assert.Equal(t, boom, err)
		assert.Equal(t, boom, b.Err())
		assert.False(t, b.Drain(9))
		assert.Equal(t, buffered, br.Buffered())
	}
}

// Close, AtEOF, Remaining and Err never wait for a Read that waits for the peer.
func TestCloseDuringRead(t *testing.T) {
	client, server := net.Pipe()
	go func() { _, _ = io.WriteString(client, fixedHead("5")) }()
	_, b := bodyOf(t, bufio.NewReader(server))
	reading := make(chan struct{})
	b.BeforeRead = func() error { close(reading); return nil }
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := b.Read(make([]byte, 5))
		assert.Equal(t, io.EOF, err)
	})
	<-reading
	assert.False(t, b.AtEOF())
	assert.Equal(t, int64(5), b.Remaining())
	assert.NoError(t, b.Err())
	require.NoError(t, b.Close())
	_, err := io.WriteString(client, "hello")
	require.NoError(t, err)
	wg.Wait()
	assert.True(t, b.AtEOF())
	require.NoError(t, client.Close())
	require.NoError(t, server.Close())
}

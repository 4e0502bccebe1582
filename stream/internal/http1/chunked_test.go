package http1_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

func TestChunkedBody(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"0\r\n\r\n", ""},
		{"5\r\nhello\r\n0\r\n\r\n", "hello"},
		{"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello"},
		{"00000005\r\nhello\r\n000\r\n\r\n", "hello"},
		{"A\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
		{"a\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
		{"5;x\r\nhello\r\n0;y=\"z\r\n\r\n", "hello"},
		{"5; x = \"\ty\xff\"\r\nhello\r\n0\r\n\r\n", "hello"},
		{"2\r\n\r\n\r\n0\r\n\r\n", "\r\n"},
		{"19\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n0\r\n\r\n", "GET / HTTP/1.1\r\nHost: b\r\n"},
	} {
		everySplit(t, chunkedHead+c.in+"GET", func(t *testing.T, br *bufio.Reader) {
			_, b := bodyOf(t, br)
			got, err := io.ReadAll(b)
			require.NoError(t, err)
			assert.Equal(t, c.want, string(got))
			assert.True(t, b.AtEOF())
			assert.Equal(t, int64(-1), b.Remaining())
			next, err := io.ReadAll(br)
			require.NoError(t, err)
			assert.Equal(t, "GET", string(next), "the bytes behind the body")
		})
		everySplit(t, chunkedHead+c.in, func(t *testing.T, br *bufio.Reader) {
			_, b := bodyOf(t, br)
			got, err := io.ReadAll(iotest.OneByteReader(b))
			require.NoError(t, err)
			assert.Equal(t, c.want, string(got))
		})
	}
}

// Each row quotes what it stands for.
func TestChunksRefused(t *testing.T) {
	for _, c := range []struct {
		why, in string
		data    string // what may come before
		status  int
	}{
		{"CVE-2025-22871, golang/go#71988", "1\nZ\r\n0\r\n\r\n", "", 400},
		{"CVE-2025-22871, in the last chunk", "1\r\nZ\r\n0\n\r\n", "Z", 400},
		{"CVE-2025-22871, in an extension", "1;a\nZ\r\n0\r\n\r\n", "", 400},
		{"CVE-2021-32714 hyper", "10000000000000001\r\nZ\r\n0\r\n\r\n", "", 400},
		{"CVE-2021-32714, just so", "ffffffffffffffff\r\nZ\r\n0\r\n\r\n", "", 400},
		{"CVE-2021-32714, signed", "7fffffffffffffff\r\nZ\r\n0\r\n\r\n", "", 400},
		{"CVE-2021-32714, wraps to 1", "2000000000000001\r\nZ\r\n0\r\n\r\n", "", 400},
		{"CVE-2021-32714, leading zeros", "00000000000000001\r\nZ\r\n0\r\n\r\n", "", 400},
		{"fasthttp PR #1899", "0_2e\r\nZ\r\n0\r\n\r\n", "", 400},
		{"fasthttp PR #1703", "+1\r\nZ\r\n0\r\n\r\n", "", 400},
		{"fasthttp PR #1703", "-1\r\nZ\r\n0\r\n\r\n", "", 400},
		{"http-garden: 0x", "0x1\r\nZ\r\n0\r\n\r\n", "", 400},
		{"http-garden: leading space", " 1\r\nZ\r\n0\r\n\r\n", "", 400},
		{"http-garden: leading tab", "\t1\r\nZ\r\n0\r\n\r\n", "", 400},
		{"http-garden: trailing space", "1 \r\nZ\r\n0\r\n\r\n", "", 400},
		{"http-garden: space before the extension", "1 ;a\r\nZ\r\n0\r\n\r\n", "", 400},
		{"http-garden: \\r\\r", "5\r\r;X\r\nhello\r\n0\r\n\r\n", "", 400},
		{"http-garden: \\r\\r in an extension", "1;a\r\rX\r\nZ\r\n0\r\n\r\n", "", 400},
		{"http-garden: bare CR in an extension", "1;a\rX\r\nZ\r\n0\r\n\r\n", "", 400},
		{"http-garden: empty size", "\r\nZ\r\n0\r\n\r\n", "", 400},
		{"http-garden: empty size at the end", "1\r\nZ\r\n\r\n\r\n", "Z", 400},
		{"http-garden: extension alone at the end", "1\r\nZ\r\n;a\r\n\r\n", "Z", 400},
		{"http-garden: empty size with extension", ";a\r\nZ\r\n0\r\n\r\n", "", 400},
		{"http-garden: NUL in an extension", "1;\x00\r\nZ\r\n0\r\n\r\n", "", 400},
		{"RFC 9112, 7.1: no CRLF behind the data", "1\r\nZZ\r\n0\r\n\r\n", "Z", 400},
		{"RFC 9112, 7.1: LF behind the data", "1\r\nZ\n0\r\n\r\n", "Z", 400},
		{"RFC 9112, 7.1: LF LF behind the data", "1\r\nZ\n\n0\r\n\r\n", "Z", 400},
		{"RFC 9112, 7.1: CR X behind the data", "1\r\nZ\rX0\r\n\r\n", "Z", 400},
		{"CVE-2023-39326: 10 KB extension", "1;" + strings.Repeat("a", 10<<10) + "\r\nZ\r\n0\r\n\r\n", "", 400},
		{"CVE-2023-39326: 1,000 extensions of 100 bytes",
			strings.Repeat("1;"+strings.Repeat("a", 100)+"\r\nZ\r\n", 1000) + "0\r\n\r\n", strings.Repeat("Z", 1000), 400},

		{"RFC 9112, 7.1: bare LF ends the body", "0\r\n\n", "", 400},
		{"RFC 9112, 7.1: bare LF in a trailer", "0\r\nx: y\n\r\n", "", 400},
		{"RFC 9112, 7.1: bare LF behind a trailer", "0\r\nx: y\r\n\n", "", 400},
		{"RFC 9112, 5.2: obs-fold in a trailer", "0\r\nx: y\r\n z\r\n\r\n", "", 400},
		{"RFC 9112, 5.1: white space before the colon", "0\r\nx : y\r\n\r\n", "", 400},
		{"RFC 9110, 5.5: NUL in a trailer", "0\r\nx: \x00\r\n\r\n", "", 400},
		{"RFC 9110, 5.5: bare CR in a trailer", "0\r\nx: a\rb\r\n\r\n", "", 400},
		{"no colon in a trailer", "0\r\nx\r\n\r\n", "", 400},
		{"RFC 9110, 6.5.1", "0\r\ncontent-length: 5\r\n\r\n", "", 400},
		{"RFC 9110, 6.5.1", "0\r\nx: y\r\nTransfer-Encoding: chunked\r\n\r\n", "", 400},
		{"RFC 9110, 6.5.1", "0\r\nHOST: b\r\n\r\n", "", 400},
		{"RFC 9110, 6.5.1", "0\r\nTrailer: b\r\n\r\n", "", 400},
		{"RFC 9110, 6.5.1", "0\r\nConnection: close\r\n\r\n", "", 400},
	} {
		t.Run(c.why, func(t *testing.T) {
			everySplit(t, chunkedHead+c.in, func(t *testing.T, br *bufio.Reader) {
				r, b := bodyOf(t, br)
				got, err := io.ReadAll(b)
				assert.Equal(t, c.status, status(err), "%v", err)
				assert.True(t, strings.HasPrefix(c.data, string(got)), "%.100q", got)
				assert.Equal(t, err, b.Err())
				assert.False(t, b.AtEOF())
				assert.Nil(t, r.Trailer)
				_, again := b.Read(make([]byte, 1))
				assert.Equal(t, err, again)
				assert.False(t, b.Drain(1<<20))
			})
		})
	}
}

// A byte a chunk is a legitimate way to stream, and so are short extensions.
func TestManySmallChunks(t *testing.T) {
	in := chunkedHead + strings.Repeat("1;x=y\r\nZ\r\n", 50_000) + "0\r\n\r\n"
	for _, size := range []int{16, 4096} {
		_, b := bodyOf(t, bufio.NewReaderSize(strings.NewReader(in), size))
		got, err := io.ReadAll(b)
		require.NoError(t, err)
		assert.Equal(t, strings.Repeat("Z", 50_000), string(got))
	}
}

// The bound on a size line does not depend on the buffer it is read through.
func TestExtensionLength(t *testing.T) {
	for _, c := range []struct {
		length int
		status int
	}{{4092, 0}, {4093, 400}} { // "1;" goes in front, CRLF behind
		in := chunkedHead + "1;" + strings.Repeat("a", c.length) + "\r\nZ\r\n0\r\n\r\n"
		for _, size := range []int{16, 4096, 64 << 10} {
			_, b := bodyOf(t, bufio.NewReaderSize(strings.NewReader(in), size))
			_, err := io.ReadAll(b)
			assert.Equal(t, c.status, status(err), "%d bytes through %d: %v", c.length, size, err)
		}
	}
}

func TestTrailers(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: sum, X-None\r\n\r\n"
	in := head + "1\r\nZ\r\n0\r\nSUM: 1 \r\nsum:2\r\nx-more:\r\n\r\nGET"
	everySplit(t, in, func(t *testing.T, br *bufio.Reader) {
		r, b := bodyOf(t, br)
		assert.Equal(t, http.Header{"Sum": nil, "X-None": nil}, r.Trailer)
		assert.Empty(t, r.Header)
		got, err := io.ReadAll(b)
		require.NoError(t, err)
		assert.Equal(t, "Z", string(got))
		assert.Equal(t, http.Header{"Sum": {"1", "2"}, "X-None": nil, "X-More": {""}}, r.Trailer)
		next, err := io.ReadAll(br)
		require.NoError(t, err)
		assert.Equal(t, "GET", string(next))
	})
}

func TestTrailerLimits(t *testing.T) {
	const trailer = "x-3456: value\r\ny: z\r\n\r\n"
	for _, c := range []struct {
		lim    http1.Limits
		status int
	}{
		{http1.Limits{HeaderCount: 2, HeaderName: 6, HeaderValue: 5, Head: len(trailer)}, 0},
		{http1.Limits{HeaderCount: 1, Head: 1 << 20}, 431},
		{http1.Limits{HeaderName: 5, Head: 1 << 20}, 431},
		{http1.Limits{HeaderValue: 4, Head: 1 << 20}, 431},
		{http1.Limits{Head: len(trailer) - 1}, 431},
	} {
		everySplit(t, chunkedHead+"0\r\n"+trailer, func(t *testing.T, br *bufio.Reader) {
			r, err := http1.ReadRequest(br, &wide)
			require.NoError(t, err)
			_, err = io.ReadAll(http1.NewBody(br, r, &c.lim))
			assert.Equal(t, c.status, status(err), "%+v: %v", c.lim, err)
		})
	}
}

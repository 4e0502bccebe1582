package http1_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

func TestLimits(t *testing.T) {
	const head = "GET /345678 HTTP/1.1\r\nHost: a\r\nX-345678:  value \t\r\n\r\n"
	for _, c := range []struct {
		what   string
		lim    http1.Limits
		status int
	}{
		{"no bounds", http1.Limits{Head: 1 << 20}, 0},
		{"path fits", http1.Limits{Path: 7, Head: 1 << 20}, 0},
		{"path", http1.Limits{Path: 6, Head: 1 << 20}, 414},
		{"count fits", http1.Limits{HeaderCount: 2, Head: 1 << 20}, 0},
		{"count", http1.Limits{HeaderCount: 1, Head: 1 << 20}, 431},
		{"name fits", http1.Limits{HeaderName: 8, Head: 1 << 20}, 0},
		{"name", http1.Limits{HeaderName: 7, Head: 1 << 20}, 431},
		{"value fits", http1.Limits{HeaderValue: 5, Head: 1 << 20}, 0},
		{"value", http1.Limits{HeaderValue: 4, Head: 1 << 20}, 431},
		{"head fits", http1.Limits{Head: len(head)}, 0},
		{"head", http1.Limits{Head: len(head) - 1}, 431},
		{"no head at all", http1.Limits{}, 431},
		{"negative head", http1.Limits{Head: -1}, 431},
		{"largest head", http1.Limits{Head: int(^uint(0) >> 1)}, 0},
		{"all fit", http1.Limits{Path: 7, HeaderCount: 2, HeaderName: 8, HeaderValue: 5, Head: len(head)}, 0},
	} {
		t.Run(c.what, func(t *testing.T) {
			if c.status != 0 {
				refused(t, head, c.status, c.lim)
				return
			}
			everySplit(t, head, func(t *testing.T, br *bufio.Reader) {
				_, err := http1.ReadRequest(br, &c.lim)
				assert.NoError(t, err)
			})
		})
	}
}

// A head that breaks several rules gets one answer, however it arrives.
func TestLimitsBeforeSyntax(t *testing.T) {
	lim := http1.Limits{Path: 10, HeaderCount: 2, HeaderName: 10, HeaderValue: 10, Head: 100}
	for in, status := range map[string]int{
		"GET /34567890123\r\n\r\n":                                      414,
		"G(T /34567890123 HTTP/1.1\r\n\r\n":                             414,
		"GET /345678 9\r\n\r\n":                                         400,
		"GET /34567890\r\n\r\n":                                         400,
		"GET / HTTP/1.1\r\n01234567890\r\n\r\n":                         431,
		"GET / HTTP/1.1\r\n0123456789\r\n\r\n":                          400,
		"GET / HTTP/1.1\r\na: 0123456789\x00\r\n\r\n":                   431,
		"GET / HTTP/1.1\r\na: 012345678\x00\r\n\r\n":                    400,
		"GET / HTTP/1.1\r\na: 012345678\r\r\n\r\n":                      400,
		"GET / HTTP/1.1\r\na: 0123456789     \r \r\n\r\n":               431,
		"GET / HTTP/1.1\r\na:b\r\nc:d\r\ne\r\n\r\n":                     431,
		"GET / HTTP/1.1\r\na: " + strings.Repeat(" ", 90) + "b\r\n\r\n": 431,
		strings.Repeat("a", 100) + "\n\n":                               431,
		strings.Repeat("a", 99) + "\n\n":                                400,
	} {
		refused(t, in, status, lim)
	}
	const padded = "GET / HTTP/1.1\r\nHost: a\r\na:    0123456789    \r\n\r\n"
	everySplit(t, padded, func(t *testing.T, br *bufio.Reader) {
		_, err := http1.ReadRequest(br, &lim)
		assert.NoError(t, err, "white space around a value does not count")
	})
}

// An endless repeats its second string behind its first, and counts what was taken.
type endless struct {
	head, more string
	taken      int
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	if e.taken < len(e.head) {
		n = copy(p, e.head[e.taken:])
	}
	for n < len(p) {
		n += copy(p[n:], e.more)
	}
	e.taken += n
	return n, nil
}

// CVE-2023-24534, CVE-2023-43669: what has no end is refused about where the bound
// is, and was never held as a whole.
func TestEndless(t *testing.T) {
	const line = "GET / HTTP/1.1\r\n"
	lim := http1.Limits{Path: 4 << 10, HeaderName: 4 << 10, HeaderValue: 4 << 10, HeaderCount: 100, Head: 1 << 20}
	loose := http1.Limits{Head: 256 << 10}
	for _, c := range []struct {
		what       string
		head, more string
		lim        http1.Limits
		status     int
		taken      int
	}{
		{"target", "GET /", "a", lim, 414, 4 << 10},
		{"target, no bound of its own", "GET /", "a", loose, 431, 256 << 10},
		{"method", "", "a", loose, 431, 256 << 10},
		{"version", "GET / ", "a", loose, 431, 256 << 10},
		{"name", line, "a", lim, 431, 4 << 10},
		{"name, no bound of its own", line, "a", loose, 431, 256 << 10},
		{"value", line + "a:", "b", lim, 431, 4 << 10},
		{"value, no bound of its own", line + "a:", "b", loose, 431, 256 << 10},
		{"white space", line + "a:", " ", lim, 431, 1 << 20},
		{"small headers", line, "a:b\r\n", lim, 431, 560},
		{"small headers, no bound of their own", line, "a:b\r\n", loose, 431, 256 << 10},
		{"empty lines", "", "\r\n", lim, 400, 6},
	} {
		for _, size := range []int{16, 512, 4096} {
			in := &endless{head: c.head, more: c.more}
			allocated := allocation(func() {
				_, err := http1.ReadRequest(bufio.NewReaderSize(in, size), &c.lim)
				assert.Equal(t, c.status, status(err), c.what)
			})
			assert.LessOrEqual(t, in.taken, c.taken+2*size, c.what)
			assert.LessOrEqual(t, allocated, uint64(4*c.taken+2*size+32<<10), "%s: bytes allocated", c.what)
		}
	}
}

// allocation returns how many bytes f allocates.
func allocation(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A counting reader counts the bytes it handed out.
type counting struct {
	in    io.Reader
	bytes int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.bytes += n
	return n, err
}

func TestReadsNoFurtherThanItsBuffer(t *testing.T) {
	const head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	in := &counting{in: iotest.OneByteReader(strings.NewReader(head + "more"))}
	_, err := http1.ReadRequest(bufio.NewReader(in), &wide)
	require.NoError(t, err)
	assert.Equal(t, len(head), in.bytes)

	for _, size := range []int{16, 23, 512} {
		br := bufio.NewReaderSize(strings.NewReader(head+"more"), size)
		_, err := http1.ReadRequest(br, &wide)
		require.NoError(t, err)
		rest, err := io.ReadAll(br)
		require.NoError(t, err)
		assert.Equal(t, "more", string(rest))
	}
}

// BenchmarkSlowHead shows that the cost of a byte does not grow with the head: the
// figures in ns/byte stay what they are from row to row.
func BenchmarkSlowHead(b *testing.B) {
	for _, size := range []int{1 << 10, 16 << 10, 256 << 10, 1 << 20} {
		head := []byte("GET / HTTP/1.1\r\nHost: a\r\nx: " + strings.Repeat("y", size) + "\r\n\r\n")
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			lim := http1.Limits{HeaderValue: 2 << 20, Head: 2 << 20}
			b.SetBytes(int64(len(head)))
			for b.Loop() {
				br := bufio.NewReader(iotest.OneByteReader(bytes.NewReader(head)))
				if _, err := http1.ReadRequest(br, &lim); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package http1_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// download answers with f over TCP and returns what the client got behind the head.
func download(t *testing.T, request, length string, f func(w *http1.ResponseWriter)) (body string, keep bool) {
	t.Helper()
	server, client := tcpPair(t)
	c := http1.NewConn(server, http1.Config{QueueSize: 1 << 20})
	w := respond(c, &host{}, request)
	if length != "" {
		w.Header().Set("Content-Length", length)
	}
	got := make(chan string, 1)
	go func() {
		p, _ := io.ReadAll(client)
		client.Close()
		got <- string(p)
	}()
	f(w)
	keep = w.Finish()
	_ = c.Out.Flush()
	c.Linger()
	_, body, _ = strings.Cut(<-got, "\r\n\r\n")
	return body, keep
}

// plain hides everything but Read.
type plain struct{ io.Reader }

// ReadFrom goes past the framing, so the declared length has to hold there too: not
// one byte beyond it, whatever the source is.
func TestReadFromWithinTheLength(t *testing.T) {
	t.Parallel()
	const size = 100_000
	content := strings.Repeat("0123456789", size/10)
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
	sources := map[string]func(t *testing.T) io.Reader{
		"a file": func(t *testing.T) io.Reader {
			f, err := os.Open(name)
			require.NoError(t, err)
			t.Cleanup(func() { f.Close() })
			return f
		},
		"a reader":           func(*testing.T) io.Reader { return plain{strings.NewReader(content)} },
		"with WriteTo":       func(*testing.T) io.Reader { return strings.NewReader(content) },
		"one byte at a time": func(*testing.T) io.Reader { return iotest.OneByteReader(strings.NewReader(content[:5000])) },
		"data with the end":  func(*testing.T) io.Reader { return iotest.DataErrReader(strings.NewReader(content)) },
	}
	for _, c := range []struct {
		what     string
		declared int // beside what the source has; before is written first
		before   int
		limit    int // of a LimitedReader around, beside what the source has; 1: none
		short    int // bytes less than the source has
		err      error
		keep     bool
	}{
		{"just that", 0, 0, 1, 0, nil, true},
		{"just that, behind a Write", 600, 600, 1, 0, nil, true},
		{"source one too long", -1, 0, 1, 1, http.ErrContentLength, true},
		{"source one too long, behind a Write", 599, 600, 1, 1, http.ErrContentLength, true},
		{"source one too short", 1, 0, 1, 0, nil, false},
		{"limited to the length", -1000, 0, -1000, 1000, nil, true},
		{"limited below the length", -500, 0, -1000, 1000, nil, false},
		{"limited above the length", -1000, 0, -500, 1000, http.ErrContentLength, true},
		{"limited above the source", 0, 0, 0, 0, nil, true},
	} {
		for kind, open := range sources {
			t.Run(c.what+", "+kind, func(t *testing.T) {
				t.Parallel()
				has := size
				if kind == "one byte at a time" {
					has = 5000
				}
				src := open(t)
				if c.limit != 1 {
					src = io.LimitReader(src, int64(has+c.limit))
				}
				body, keep := download(t, get, strconv.Itoa(has+c.declared), func(w *http1.ResponseWriter) {
					if c.before > 0 {
						_, err := w.Write(make([]byte, c.before))
						require.NoError(t, err)
						w.Flush()
					}
					n, err := w.ReadFrom(src)
					assert.Equal(t, c.err, err)
					assert.EqualValues(t, has-c.short, n)
				})
				want := string(make([]byte, c.before)) + content[:has-c.short]
				assert.True(t, want == body, "%d bytes, not %d", len(body), len(want))
				assert.Equal(t, c.keep, keep)
			})
		}
	}
}

// Without a length the bytes need framing, and none where there is no body.
func TestReadFromElsewhere(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("x", 5000)
	for _, c := range []struct {
		what, request, length string
		status                int
		want                  string
		err                   error
	}{
		{"chunked", get, "", 200, content, nil},
		{"until close", get10, "", 200, content, nil},
		{"HEAD", head, "5000", 200, "", nil},
		{"204", get, "", 204, "", http.ErrBodyNotAllowed},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			body, _ := download(t, c.request, c.length, func(w *http1.ResponseWriter) {
				w.WriteHeader(c.status)
				_, err := w.ReadFrom(plain{strings.NewReader(content)})
				assert.Equal(t, c.err, err)
			})
			if c.what == "chunked" {
				p, err := io.ReadAll(httputil.NewChunkedReader(strings.NewReader(body)))
				require.NoError(t, err)
				body = string(p)
			}
			assert.Equal(t, c.want, body)
		})
	}
}

// A source that fails leaves a truncated body behind: the connection ends, and the
// client sees it end.
func TestReadFromFails(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk on fire")
	body, keep := download(t, get, "100000", func(w *http1.ResponseWriter) {
		n, err := w.ReadFrom(io.MultiReader(plain{strings.NewReader(strings.Repeat("x", 50000))}, failing{cause}))
		assert.ErrorIs(t, err, cause)
		assert.EqualValues(t, 50000, n)
		_, err = w.Write([]byte(strings.Repeat("y", 5000)))
		assert.ErrorIs(t, err, http1.ErrClosed)
	})
	assert.False(t, keep)
	assert.LessOrEqual(t, len(body), 50000)
	assert.NotContains(t, body, "y")
}

// A source that panics is the handler's panic, which its server recovers from, as in
// net/http. It was "fatal error: sync: unlock of unlocked mutex".
func TestReadFromPanics(t *testing.T) {
	t.Parallel()
	_, keep := download(t, get, "100000", func(w *http1.ResponseWriter) {
		assert.PanicsWithValue(t, "boom", func() {
			_, _ = w.ReadFrom(io.MultiReader(plain{strings.NewReader(strings.Repeat("x", 5000))}, panicking{}))
		})
		w.Abandon()
	})
	assert.False(t, keep)
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("boom") }

// A deadline that has passed stops ReadFrom, even one whose client does not read.
func TestReadFromMeetsTheDeadline(t *testing.T) {
	t.Parallel()
	server, _ := tcpPair(t)
	c := http1.NewConn(server, http1.Config{QueueSize: 1 << 20})
	t.Cleanup(c.Release)
	w := respond(c, &host{}, get)
	w.Header().Set("Content-Length", strconv.Itoa(1<<30))
	require.NoError(t, w.SetWriteDeadline(time.Now().Add(50*time.Millisecond)))
	_, err := w.ReadFrom(io.LimitReader(plain{&endless{more: "x"}}, 1<<30))
	assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
	assert.False(t, w.Finish())
	assert.ErrorIs(t, c.Out.Err(), net.ErrClosed)
}

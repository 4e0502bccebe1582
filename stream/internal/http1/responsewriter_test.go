package http1_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A host is what serves a ResponseWriter in a test.
type host struct {
	conn    *http1.Conn
	closing bool

	mu  sync.Mutex
	log []string
}

func (h *host) KeepAlives() bool { return !h.closing }

func (h *host) Logf(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.log = append(h.log, fmt.Sprintf(format, args...))
}

func (h *host) Hijack() (net.Conn, *bufio.ReadWriter, error) { return h.conn.Detach() }

// respond returns what answers request on c.
func respond(c *http1.Conn, h *host, request string) *http1.ResponseWriter {
	br := bufio.NewReader(strings.NewReader(request))
	r, err := http1.ReadRequest(br, &wide)
	if err != nil {
		panic(err)
	}
	h.conn = c
	w := new(http1.ResponseWriter)
	w.Init(c, h, r, http1.TraitsOf(r), http1.NewBody(br, r, &wide))
	return w
}

const (
	get   = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	get10 = "GET / HTTP/1.0\r\nHost: a\r\n\r\n"
	head  = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
)

// An answer is what f made of a request on a connection that takes everything.
type answer struct {
	wire string // without the Date
	keep bool
	log  []string
}

func answered(t *testing.T, request string, f func(w *http1.ResponseWriter)) answer {
	t.Helper()
	s := &script{in: strings.NewReader(""), closed: make(chan struct{})}
	c, h := http1.NewConn(s, http1.Config{QueueSize: 1 << 20}), &host{}
	w := respond(c, h, request)
	f(w)
	keep := w.Finish()
	require.NoError(t, c.Out.Flush())
	c.Release()
	wire := s.out.String()
	if i := strings.Index(wire, "\r\nDate: "); i >= 0 {
		end := i + len("\r\nDate: ") + len(http.TimeFormat)
		_, err := http.ParseTime(wire[i+len("\r\nDate: ") : end])
		assert.NoError(t, err)
		wire = wire[:i] + wire[end:]
	}
	return answer{wire, keep, h.log}
}

// Once its response is finished a writer reaches nobody any more.
func TestAfterFinish(t *testing.T) {
	t.Parallel()
	s := &script{in: strings.NewReader(""), closed: make(chan struct{})}
	c, h := http1.NewConn(s, http1.Config{QueueSize: 1 << 20}), &host{}
	w := respond(c, h, get)
	w.Header().Set("A", "first")
	require.True(t, w.Finish())
	require.NoError(t, c.Out.Flush())
	wire := s.out.String()

	control := http.NewResponseController(w)
	_, write := w.Write([]byte("late"))
	_, empty := w.Write(nil)
	_, writeString := w.WriteString("late")
	_, readFrom := w.ReadFrom(strings.NewReader("late"))
	_, long := w.ReadFrom(strings.NewReader(strings.Repeat("late", 1000)))
	_, _, hijack := w.Hijack()
	for what, err := range map[string]error{
		"Write": write, "Write of nothing": empty, "WriteString": writeString, "ReadFrom": readFrom, "ReadFrom of much": long, "Hijack": hijack,
		"Flush": control.Flush(), "SetReadDeadline": control.SetReadDeadline(time.Now()), "SetWriteDeadline": control.SetWriteDeadline(time.Now()),
	} {
		assert.ErrorIs(t, err, http1.ErrClosed, what)
		assert.ErrorIs(t, err, net.ErrClosed, what)
	}
	w.Header().Set("A", "late")
	w.WriteHeader(http.StatusEarlyHints)
	w.WriteHeader(http.StatusTeapot)
	w.Flush()
	w.Abandon()
	assert.False(t, w.Finish(), "a second time it has no say")

	next := respond(c, h, get)
	require.NoError(t, c.Out.Flush())
	assert.Equal(t, wire, s.out.String())
	_, err := next.Write([]byte("next"))
	require.NoError(t, err)
	require.True(t, next.Finish())
	require.NoError(t, c.Out.Flush())
	rest := strings.TrimPrefix(s.out.String(), wire)
	assert.True(t, strings.HasPrefix(rest, "HTTP/1.1 200 OK\r\n") && strings.HasSuffix(rest, "\r\n\r\nnext"), rest)
	assert.Empty(t, h.log)
	c.Release()
}

// A writer whose connection was given away refuses everything, and logs who tried.
func TestAfterHijack(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t)
	c, h := http1.NewConn(server, http1.Config{QueueSize: 1 << 20}), &host{}
	w := respond(c, h, get)
	rwc, rw, err := w.Hijack()
	require.NoError(t, err)
	assert.Same(t, server, rwc)
	_, write := w.Write([]byte("late"))
	_, empty := w.Write(nil)
	_, _, hijack := w.Hijack()
	for what, err := range map[string]error{"Write": write, "Write of nothing": empty, "Hijack": hijack, "Flush": w.FlushError()} {
		assert.ErrorIs(t, err, http.ErrHijacked, what)
	}
	w.WriteHeader(http.StatusOK)
	assert.True(t, w.Hijacked())
	assert.False(t, w.Finish())
	require.Len(t, h.log, 2, "Write and WriteHeader are mistakes worth a line")
	for i, what := range []string{"Write", "WriteHeader"} {
		assert.Regexp(t, `^http: response\.`+what+` on hijacked connection from \S+ \(\S+:\d+\)$`, h.log[i])
	}
	_, err = rw.WriteString("mine")
	require.NoError(t, err)
	require.NoError(t, rw.Flush())
	got := make([]byte, 4)
	_, err = io.ReadFull(client, got)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(got))
}

// What was written before a Hijack goes out before it.
func TestHijackBehindAHead(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t)
	c, h := http1.NewConn(server, http1.Config{QueueSize: 1 << 20}), &host{}
	w := respond(c, h, get)
	w.Header().Set("Upgrade", "x")
	w.Header().Set("Connection", "Upgrade")
	w.WriteHeader(http.StatusSwitchingProtocols)
	rwc, _, err := w.Hijack()
	require.NoError(t, err)
	_, err = rwc.Write([]byte("raw"))
	require.NoError(t, err)
	rwc.Close()
	br := bufio.NewReader(client)
	resp, err := http.ReadResponse(br, nil)
	require.NoError(t, err)
	assert.Equal(t, 101, resp.StatusCode)
	assert.Equal(t, "Upgrade", resp.Header.Get("Connection"))
	raw, err := br.ReadString(0)
	assert.Error(t, err)
	assert.Equal(t, "raw", raw)
}

// close goes before keep-alive, in whatever line and between whatever borders either
// reading of Connection finds it (RFC 9112, 9.3).
func TestConnectionTokens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version, fields string
		keep            bool
	}{
		{"1.1", "", true},
		{"1.1", "Connection: close\r\n", false},
		{"1.1", "Connection: close x\r\n", false},
		{"1.1", "Connection: x\r\nConnection: close\r\n", false},
		{"1.1", "Connection: closed\r\n", true},
		{"1.0", "", false},
		{"1.0", "Connection: keep-alive\r\n", true},
		{"1.0", "Connection: x keep-alive\r\n", true},
		{"1.0", "Connection: x\r\nConnection: keep-alive\r\n", false},
		{"1.0", "Connection: keep-alive, close\r\n", false},
		{"1.0", "Connection: close\r\nConnection: keep-alive\r\n", false},
		{"1.0", "Connection: keep-alive\r\nConnection: close\r\n", false},
	} {
		a := answered(t, "GET / HTTP/"+c.version+"\r\nHost: a\r\n"+c.fields+"\r\n", func(w *http1.ResponseWriter) {
			_, _ = w.Write([]byte("ok"))
		})
		assert.Equal(t, c.keep, a.keep, "%s %q", c.version, c.fields)
	}
}

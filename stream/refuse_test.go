package stream_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
)

// TestRefusalLikeStock: what net/http's server refuses is refused with the same bytes
// where no hook cares for it, also as a later request of a connection.
func TestRefusalLikeStock(t *testing.T) {
	t.Parallel()
	tcp := &streamtest.Options{TCP: true}
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	a := adapter.New(&adapter.Options{Takeover: adapter.Eager})
	bare := streamtest.Serve(t, &http.Server{Handler: ok, MaxHeaderBytes: 1 << 10}, tcp)
	eager := &http.Server{Handler: a.Wrap(ok), MaxHeaderBytes: 1 << 10}
	a.Register(eager)
	over := streamtest.Serve(t, eager, tcp)
	for _, c := range []struct{ name, bad, head string }{
		{"request line", "nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
		{"method", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
		{"target", "GET x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
		{"protocol", "GET / HTTX/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
		{"version", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", "HTTP/1.1 505 HTTP Version Not Supported: unsupported protocol version\r\n"},
		{"no Host", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request: missing required Host header\r\n"},
		{"Host twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
		{"malformed Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "HTTP/1.1 400 Bad Request: malformed Host header\r\n"},
		{"no colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
		{"name", "GET / HTTP/1.1\r\nHost: a\r\nX(Y: z\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
		{"blank in a name", "GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n", "HTTP/1.1 400 Bad Request: invalid header name\r\n"},
		{"blank behind a name", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\n", "HTTP/1.1 400 Bad Request: invalid header name\r\n"},
		{"tab behind a name", "GET / HTTP/1.1\r\nHost: a\r\nX\t: z\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
		{"blank in a name that is none", "GET / HTTP/1.1\r\nHost: a\r\nX Y(: z\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
		{"no name", "GET / HTTP/1.1\r\nHost: a\r\n: z\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
		{"value", "GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
		{"length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
		{"coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 501 Not Implemented\r\n"},
		{"head too large", "GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("y", 16<<10) + "\r\n\r\n", "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
		{"expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", "HTTP/1.1 417 Expectation Failed\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want, got := second(t, bare, c.bad), second(t, over, c.bad)
			assert.True(t, strings.HasPrefix(want, c.head), "net/http: %q", want)
			assert.Equal(t, want, got)
		})
	}
}

// second sends bytes as second request of a connection and returns what comes until
// the server closes it, but for the time of day.
func second(t *testing.T, s *streamtest.Service, bytes string) string {
	t.Helper()
	c := s.Dial().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + bytes)
	c.Want("GET")
	answer, err := c.Rest()
	require.NoError(t, err)
	if before, after, ok := strings.Cut(answer, "Date: "); ok {
		_, rest, _ := strings.Cut(after, "\r\n")
		answer = before + "Date: now\r\n" + rest
	}
	return answer
}

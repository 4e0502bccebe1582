package http1_test

import (
	"bufio"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

func TestNamesAreCanonical(t *testing.T) {
	for _, name := range []string{
		"user-agent", "USER-AGENT", "uSeR-aGeNt", "User-Agent", "x", "X", "-", "--", "-x", "x-", "a--b",
		"1a-1A-a1", "a_b", "a.b-c", "~a", "sec-websocket-key", "dnt", "te", "etag", "www-authenticate",
		"x-request-id", strings.Repeat("aB-", 30),
	} {
		in := "GET / HTTP/1.1\r\nHost: a\r\n" + name + ": v\r\n\r\n"
		r, err := http1.ReadRequest(bufio.NewReader(strings.NewReader(in)), &wide)
		require.NoError(t, err)
		assert.Equal(t, http.Header{textproto.CanonicalMIMEHeaderKey(name): {"v"}}, r.Header, "%q", name)
	}
}

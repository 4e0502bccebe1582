package http1_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A length or coding in letters of another case would be the client's second framing
// of the same message (RFC 9112, 6.3).
func TestFramingInOtherLetters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		header http.Header
		want   string
	}{
		{"length", http.Header{"content-length": {"2"}}, "Content-Length: 2\r\n\r\nok"},
		{"length twice", http.Header{"content-length": {"0"}, "Content-Length": {"2"}}, "Content-Length: 2\r\n\r\nok"},
		{"no length", http.Header{"CONTENT-LENGTH": {"x"}}, "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"},
		{"coding", http.Header{"transfer-Encoding": {"chunked"}}, "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"},
		{"close", http.Header{"connection": {"close"}, "Content-Length": {"2"}}, "Connection: close\r\nContent-Length: 2\r\n\r\nok"},
		{"some of each", http.Header{"Transfer-Encoding": {"identity"}, "content-length": {"2"}, "X-a": {"1"}}, "Content-Length: 2\r\nX-a: 1\r\n\r\nok"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := answered(t, get, func(w *http1.ResponseWriter) {
				for name, values := range c.header {
					w.Header()[name] = values
				}
				w.Header()["Content-Type"] = nil
				_, _ = w.Write([]byte("ok"))
			})
			assert.Equal(t, "HTTP/1.1 200 OK\r\n"+c.want, a.wire)
		})
	}
}

func TestFramingName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"content-length": "Content-Length", "TRAILER": "Trailer", "Content-length": "Content-Length",
		"X-Custom": "X-Custom", "x-custom": "x-custom", "": "", "Content-Length ": "Content-Length ", "Date": "Date", "dATE": "Date",
	} {
		assert.Equal(t, want, http1.FramingName(name), "%q", name)
	}
}

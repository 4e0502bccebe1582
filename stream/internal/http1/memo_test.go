package http1_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// remembered are heads that come again and again.
var remembered = map[string]string{
	"Host alone":    "GET /a/b?c=d&e HTTP/1.1\r\nHost: a\r\n\r\n",
	"fields":        "GET / HTTP/1.1\r\nHost: a:1\r\nAccept: x, y\r\nCookie: a=b\r\nConnection: keep-alive\r\n\r\n",
	"a field twice": "GET / HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\nAccept: x\r\nCookie: c=d\r\n\r\n",
	"many fields":   "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("A: 1\r\nB: 2\r\nC: 3\r\n", 5) + "\r\n",
	"too many":      "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("A: 1\r\n", 40) + "\r\n",
	"absolute-form": "GET http://b/c%20d HTTP/1.1\r\nHost: a\r\n\r\n",
	"HTTP/1.0":      "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
	"close":         "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
	"Pragma":        "GET / HTTP/1.1\r\nHost: a\r\nPragma: no-cache\r\n\r\n",
	"a body":        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n",
	"chunks":        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n",
	"upgrade":       "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
	"asterisk":      "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
}

// A head that is remembered makes the same request each time, whatever a handler has done
// to the one before, and each request has the context of its own.
func TestMemoOfManyRequests(t *testing.T) {
	t.Parallel()
	type key struct{}
	for what, head := range remembered {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			br, memo := bufio.NewReader(strings.NewReader(strings.Repeat(head, 6))), new(http1.Memo)
			var kept []*http.Request
			for i := range 6 {
				fresh, err := http1.ReadRequest(bufio.NewReader(strings.NewReader(head)), &wide)
				require.NoError(t, err)
				in := new(http1.Incoming)
				traits, err := in.Read(context.WithValue(context.Background(), key{}, i), br, &wide, memo)
				require.NoError(t, err)
				r := &in.Request
				assert.Equal(t, i, r.Context().Value(key{}))
				assert.Equal(t, fresh.Header, r.Header)
				assert.Equal(t, http1.TraitsOf(fresh), traits)
				assert.Equal(t, fresh, r.WithContext(context.Background()))
				kept = append(kept, r)
			}
			for i, r := range kept {
				spoil(r)
				for _, later := range kept[i+1:] {
					fresh, err := http1.ReadRequest(bufio.NewReader(strings.NewReader(head)), &wide)
					require.NoError(t, err)
					assert.Equal(t, fresh, later.WithContext(context.Background()))
				}
			}
			_, err := br.ReadByte()
			assert.Equal(t, io.EOF, err)
		})
	}
}

// spoil does to r what a handler may.
func spoil(r *http.Request) {
	for name, values := range r.Header {
		values[0] = "spoilt"
		r.Header[name] = append(values, "spoilt")
	}
	for i := range r.TransferEncoding {
		r.TransferEncoding[i] = "spoilt"
	}
	for name := range r.Trailer {
		r.Trailer[name] = []string{"spoilt"}
	}
	r.Header.Set("Spoilt", "spoilt")
	r.URL.Path, r.URL.RawQuery, r.URL.Host = "spoilt", "spoilt", "spoilt"
	r.URL.User = url.User("spoilt")
	r.Host, r.Method, r.RequestURI, r.Close, r.ContentLength = "spoilt", "spoilt", "spoilt", true, 7
	r.Form, r.Pattern = url.Values{"spoilt": nil}, "spoilt"
	r.SetPathValue("spoilt", "spoilt")
}

package http1_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A response that is not as long as it said ends the connection, because the client
// goes on waiting, or takes the next response for the rest.
func TestDeclaredLength(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, request, length string
		status                int
		writes                []string
		wire                  string // behind the head
		last                  error  // of the last write
		keep                  bool
	}{
		{"just that", get, "5", 200, []string{"he", "llo"}, "hello", nil, true},
		{"short", get, "5", 200, []string{"hell"}, "hell", nil, false},
		{"nothing", get, "5", 200, nil, "", nil, false},
		{"one write too long", get, "5", 200, []string{"hello!"}, "", http.ErrContentLength, false},
		{"the last write too long", get, "5", 200, []string{"hello", "!"}, "hello", http.ErrContentLength, false},
		{"too long, then fitting", get, "5", 200, []string{"hello!", "hello"}, "", http.ErrContentLength, false},
		{"zero", get, "0", 200, nil, "", nil, true},
		{"more than zero", get, "0", 200, []string{"x"}, "", http.ErrContentLength, false},
		{"HEAD, short", head, "5", 200, []string{"hell"}, "", nil, true},
		{"HEAD, nothing", head, "5", 200, nil, "", nil, true},
		{"HEAD, too long", head, "5", 200, []string{"hello!"}, "", http.ErrContentLength, true},
		{"204", get, "5", 204, []string{"hello"}, "", http.ErrBodyNotAllowed, true},
		{"304", get, "5", 304, []string{"hello"}, "", http.ErrBodyNotAllowed, true},
		{"large, just that", get, "10000", 200, []string{strings.Repeat("x", 10000)}, strings.Repeat("x", 10000), nil, true},
		{"large, short", get, "10001", 200, []string{strings.Repeat("x", 10000)}, strings.Repeat("x", 10000), nil, false},
		{"large, too long", get, "9999", 200, []string{strings.Repeat("x", 9000), strings.Repeat("x", 1000)}, strings.Repeat("x", 9000), http.ErrContentLength, false},
	} {
		for _, flushed := range []bool{false, true} {
			t.Run(c.what, func(t *testing.T) {
				t.Parallel()
				a := answered(t, c.request, func(w *http1.ResponseWriter) {
					w.Header().Set("Content-Length", c.length)
					w.WriteHeader(c.status)
					var err error
					for i, p := range c.writes {
						if i%2 == 0 {
							_, err = w.Write([]byte(p))
						} else {
							_, err = w.WriteString(p)
						}
						if flushed {
							w.Flush()
						}
					}
					assert.Equal(t, c.last, err)
				})
				_, body, ok := strings.Cut(a.wire, "\r\n\r\n")
				assert.True(t, ok)
				assert.Equal(t, c.wire, body, "not one byte beyond what was declared")
				assert.Equal(t, c.keep, a.keep)
			})
		}
	}
}

// A length that is none is logged and not sent on.
func TestNonsenseLength(t *testing.T) {
	t.Parallel()
	for _, length := range []string{"-1", "many", "5 6", "99999999999999999999", "0x5", "1e3"} {
		a := answered(t, get, func(w *http1.ResponseWriter) {
			w.Header().Set("Content-Length", length)
			w.Write([]byte("hello"))
		})
		assert.NotContains(t, a.wire, length)
		if assert.Len(t, a.log, 1) {
			assert.Contains(t, a.log[0], "invalid Content-Length of ")
		}
	}
}

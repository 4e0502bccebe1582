package hooks_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// pass and reached are hooks for the tables.
var pass = hooks.HookFunc(func(*stream.Stream, *stream.Context) hooks.Status { return hooks.Continue })

var reached = hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
	c.Response().SetBody(http.StatusOK, "text/plain", "reached")
	return hooks.Continue
})

// A guardCase is a guard, a request, and the status with which the guard rejects it;
// 0: it continues.
type guardCase struct {
	name    string
	guard   hooks.ServerHook
	request request
	status  int
	fields  []string // names and values of the answer
	body    string   // "": the plain one
	http1   bool     // the request cannot be made elsewhere
}

// testGuards runs each case on each carrier. Where it applies the request is made
// twice on one connection: a guard that rejects does not close it.
func testGuards(t *testing.T, cases []guardCase) {
	for _, gc := range cases {
		t.Run(gc.name, func(t *testing.T) {
			t.Parallel()
			onCarriers(t, hooks.Chain{gc.guard, reached}, func(t *testing.T, ca carrier, cl client) {
				if ca.http2 && gc.http1 {
					return
				}
				for i := range 2 {
					if i > 0 && gc.request.old {
						break // the connection is gone
					}
					got := cl.do(t, gc.request)
					if gc.status == 0 {
						assert.Equal(t, http.StatusOK, got.status)
						if gc.request.method != "HEAD" {
							assert.Equal(t, "reached", got.body)
						}
						continue
					}
					want := gc.body
					if want == "" {
						want = fmt.Sprintf("%d %s\n", gc.status, http.StatusText(gc.status))
					}
					assert.Equal(t, gc.status, got.status)
					if gc.request.method != "HEAD" {
						assert.Equal(t, want, got.body)
					}
					assert.Equal(t, "text/plain; charset=utf-8", got.header.Get("Content-Type"))
					assert.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"))
					for f := 0; f < len(gc.fields); f += 2 {
						assert.Equal(t, gc.fields[f+1], got.header.Get(gc.fields[f]), gc.fields[f])
					}
				}
			})
		})
	}
}

// testPanics checks that each function panics with a text that begins with prefix.
func testPanics(t *testing.T, prefix string, mistakes map[string]func()) {
	t.Helper()
	for name, mistake := range mistakes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				text, _ := recover().(string)
				assert.Truef(t, strings.HasPrefix(text, prefix), "panicked with %q", text)
			}()
			mistake()
		})
	}
}

package adapter_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGoexitOfRequestErrorHook: a hook that ends its goroutine left the refused request
// without an end: an Observer was not told, and its contexts went on for ever.
func TestGoexitOfRequestErrorHook(t *testing.T) {
	for name, request := range map[string]string{
		"bad":   "GET / HTTP/1.1\r\nHost a\r\n\r\n",
		"limit": "GET /beyond/what/is/allowed HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		for _, before := range []int{0, 2} {
			t.Run(fmt.Sprint(name, " behind ", before), func(t *testing.T) {
				t.Parallel()
				seen, contexts := newLedger(), make(chan context.Context, 1)
				exit := hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
					contexts <- c.Request().Context()
					runtime.Goexit()
					return hooks.Continue
				})
				srv := &adapter.Server{Handler: text("x"), Options: &adapter.Options{
					Observer: seen, RequestErrorHooks: hooks.Chain{exit}, Request: stream.RequestConfig{MaxPathSize: 20},
				}}
				c := startOver(t, srv, false, nil).Dial()
				for range before {
					c.Get("/")
				}
				c.Send(request).WantEnd()
				receive(t, receive(t, contexts, "the hook").Done(), "the end of the context")
				require.NoError(t, srv.Shutdown(t.Context()))
				seen.settled(t)
				require.Len(t, seen.requests, before+1)
				assert.True(t, seen.requests[before].Aborted)
			})
		}
	}
}

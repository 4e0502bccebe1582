package compat_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// hyperlaneEvents sends ten events as hyperlane's example does. The response has no
// length: closing the connection is what ends it.
func hyperlaneEvents(s *stream.Stream, c *stream.Context) hooks.Status {
	c.Response().Header.Set("Content-Type", "text/event-stream")
	c.Response().Body = nil
	if s.TrySend(c.Response().Build()) != nil {
		s.SetClosed(true)
		return hooks.Reject
	}
	for i := range 10 {
		if s.TrySend(fmt.Appendf(nil, "data:%d\r\n\r\n", i)) != nil {
			break
		}
	}
	s.SetClosed(true)
	return hooks.Reject
}

func TestHyperlaneEvents(t *testing.T) {
	t.Parallel()
	var want strings.Builder
	for i := range 10 {
		fmt.Fprintf(&want, "data:%d\r\n\r\n", i)
	}
	check := func(t *testing.T, resp *http.Response, body string) {
		t.Helper()
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
		assert.EqualValues(t, -1, resp.ContentLength)
		assert.Equal(t, want.String(), body)
	}
	for _, ca := range hyperlaneCarriers() {
		for _, old := range []int{1, 0} {
			t.Run(fmt.Sprintf("%s/HTTP/1.%d", ca.name, old), func(t *testing.T) {
				t.Parallel()
				c := hyperlaneServe(t, ca.wrap(adapter.Options{}, hyperlaneRoute(hyperlaneEvents)))
				c.say(fmt.Sprintf("GET / HTTP/1.%d\nHost: a\n\n", old))
				resp, body := c.hear()
				check(t, resp, body)
				if ca.raw || old == 0 {
					c.end()
				}
			})
		}
	}
	hyperlaneElsewhere(t, hyperlaneRoute(hyperlaneEvents), func(t *testing.T, ask func(*http.Request) *http.Response) {
		resp := ask(httptest.NewRequest("GET", "/", nil))
		check(t, resp, hyperlaneBody(t, resp))
	})
}

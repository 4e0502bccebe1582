package compat_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hyperlaneLoop serves a whole connection: while try_get_http_request().is_ok(). It
// answers with the count, the path and the body. ends gets the error that ended it.
func hyperlaneLoop(ends chan<- error) hyperlaneHook {
	return func(s *stream.Stream, c *stream.Context) hooks.Status {
		for n := 1; ; n++ {
			body, err := c.Body()
			if err != nil {
				ends <- err
				return hooks.Reject
			}
			c.Response().Body = fmt.Appendf(nil, "%d %s %s", n, c.Request().URL.Path, body)
			if err := s.TrySend(c.Response().Build()); err != nil {
				ends <- err
				return hooks.Reject
			}
			if _, err := s.NextRequest(); err != nil {
				ends <- err
				return hooks.Reject
			}
		}
	}
}

func TestHyperlaneLoop(t *testing.T) {
	t.Parallel()
	const (
		get   = "GET /%d HTTP/1.1\nHost: a\n\n"
		post  = "POST /%d HTTP/1.1\nHost: a\nContent-Length: 5\n\nhello"
		chunk = "POST /%d HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n3\nhel\n2\nlo\n0\n\n"
		last  = "GET /%d HTTP/1.1\nHost: a\nConnection: close\n\n"
	)
	for _, row := range []struct {
		name     string
		requests []string
		halfShut bool  // the client then shuts its side
		bad      int   // the status of the answer to a last, bad request
		ends     error // what ends the loop
	}{
		{name: "Connection: close", requests: []string{get, get, get, last}, ends: stream.ErrClosed},
		{name: "end of file", requests: []string{get, get, get}, halfShut: true, ends: io.EOF},
		{name: "bodies", requests: []string{post, chunk, get, chunk, post, last}, ends: stream.ErrClosed},
		{name: "malformed", requests: []string{get, get, "GET\n\n"}, bad: 400},
		{name: "both lengths", requests: []string{get, "POST / HTTP/1.1\nHost: a\nContent-Length: 3\nTransfer-Encoding: chunked\n\n0\n\n"}, bad: 400},
		{name: "no host", requests: []string{post, "GET / HTTP/1.1\n\n"}, bad: 400},
		{name: "other version", requests: []string{get, "GET / HTTP/3.0\nHost: a\n\n"}, bad: 505},
	} {
		for _, ca := range hyperlaneCarriers() {
			for _, pipelined := range []bool{false, true} {
				if !ca.raw {
					continue // see TestHyperlaneLoopNotRaw
				}
				t.Run(fmt.Sprintf("%s/%s/pipelined %v", row.name, ca.name, pipelined), func(t *testing.T) {
					t.Parallel()
					ends := make(chan error, 1)
					answers := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
						c.Response().Body = fmt.Append(nil, "refused with ", c.RequestError().Status)
						return hooks.Continue
					})
					opts := adapter.Options{RequestErrorHooks: hooks.Chain{answers}}
					c := hyperlaneServe(t, ca.wrap(opts, hyperlaneRoute(hyperlaneLoop(ends))))
					texts := make([]string, len(row.requests))
					for i, text := range row.requests {
						if texts[i] = text; strings.Contains(text, "%d") {
							texts[i] = fmt.Sprintf(text, i+1)
						}
					}
					if pipelined {
						c.say(strings.Join(texts, ""))
					}
					for i, text := range texts {
						if !pipelined {
							c.say(text)
						}
						if row.bad != 0 && i == len(texts)-1 {
							resp, body := c.hear()
							assert.Equal(t, row.bad, resp.StatusCode)
							assert.Equal(t, fmt.Sprint("refused with ", row.bad), body)
							break
						}
						want := fmt.Sprintf("%d /%d ", i+1, i+1)
						if strings.HasPrefix(text, "POST") {
							want += "hello"
						}
						assert.Equal(t, want, c.body())
					}
					if row.halfShut {
						require.NoError(t, c.conn.CloseWrite())
					}
					err := <-ends
					if row.bad != 0 {
						var bad *stream.RequestError
						require.ErrorAs(t, err, &bad)
						assert.Equal(t, row.bad, bad.Status)
					} else {
						assert.ErrorIs(t, err, row.ends)
					}
					c.end()
				})
			}
		}
	}
}

// Where the connection was taken over beneath middleware alone, the request-error
// hooks around the loop answer.
func TestHyperlaneLoopRequestError(t *testing.T) {
	t.Parallel()
	ends := make(chan error, 1)
	answers := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Body = []byte("refused by middleware")
		return hooks.Continue
	})
	c := hyperlaneServe(t, middleware.RequestError(answers)(hyperlaneRoute(hyperlaneLoop(ends))))
	c.get("/first")
	assert.Equal(t, "1 /first ", c.body())
	c.say("nonsense\n\n")
	resp, body := c.hear()
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	assert.Equal(t, "refused by middleware", body)
	c.end()
	assert.Error(t, <-ends)
}

// Where no connection can be taken over, the loop ends after each request, and the
// hook is run again for the next: the client cannot tell.
func TestHyperlaneLoopNotRaw(t *testing.T) {
	t.Parallel()
	ends := make(chan error, 3)
	c := hyperlaneServe(t, adapter.New(&adapter.Options{Takeover: adapter.Never}).Wrap(hyperlaneRoute(hyperlaneLoop(ends))))
	for i := range 3 {
		path := fmt.Sprint("/", i)
		c.get(path)
		assert.Equal(t, "1 "+path+" ", c.body())
		assert.ErrorIs(t, <-ends, stream.ErrNotRaw)
	}
}

// The loop as hyperlane writes it for keep-alive by hand: it looks at each request,
// and closes by itself.
func TestHyperlaneManualKeepAlive(t *testing.T) {
	t.Parallel()
	hook := func(s *stream.Stream, c *stream.Context) hooks.Status {
		for err := error(nil); err == nil; _, err = s.NextRequest() {
			c.Response().Body = []byte(c.Request().URL.Path)
			if c.Query("leave") == "staged" {
				continue // NextRequest answers with what is staged
			}
			if s.TrySend(c.Response().Build()) != nil || !c.KeepAlive() {
				break
			}
			if c.Query("leave") == "now" {
				s.SetClosed(true)
			}
		}
		s.SetClosed(true)
		return hooks.Reject
	}
	for _, ca := range hyperlaneCarriers() {
		if !ca.raw {
			continue
		}
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			c := hyperlaneServe(t, ca.wrap(adapter.Options{}, hyperlaneRoute(hook)))
			c.get("/a")
			assert.Equal(t, "/a", c.body())
			c.get("/b?leave=staged")
			assert.Equal(t, "/b", c.body())
			c.get("/c")
			assert.Equal(t, "/c", c.body())
			c.say("GET /d HTTP/1.1\nHost: a\nConnection: close\n\n")
			assert.Equal(t, "/d", c.body())
			c.end()

			c = hyperlaneDial(t, c.conn.RemoteAddr().String())
			c.get("/a?leave=now")
			assert.Equal(t, "/a", c.body())
			c.end()
		})
	}
}

// What the hook leaves of a body is not taken for the next request.
func TestHyperlaneLoopUnreadBody(t *testing.T) {
	t.Parallel()
	hook := func(s *stream.Stream, c *stream.Context) hooks.Status {
		for err := error(nil); err == nil; _, err = s.NextRequest() {
			c.Response().Body = []byte(c.Request().URL.Path)
			if c.Query("how") == "sent" {
				assert.NoError(t, s.TrySend(c.Response().Build()))
			}
		}
		return hooks.Reject
	}
	smuggled := "GET /smuggled HTTP/1.1\nHost: a\n\n"
	wire := strings.ReplaceAll(smuggled, "\n", "\r\n")
	for _, ca := range hyperlaneCarriers() {
		for _, how := range []string{"staged", "sent"} {
			if !ca.raw {
				continue
			}
			t.Run(ca.name+"/"+how, func(t *testing.T) {
				t.Parallel()
				c := hyperlaneServe(t, ca.wrap(adapter.Options{}, hyperlaneRoute(hook)))
				c.say(fmt.Sprintf("POST /1?how=%s HTTP/1.1\nHost: a\nContent-Length: %d\n\n%s", how, len(wire), smuggled))
				assert.Equal(t, "/1", c.body())
				c.say(fmt.Sprintf("POST /2?how=%s HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n%x\n%s\n0\n\n", how, len(wire), smuggled))
				assert.Equal(t, "/2", c.body())
				c.get("/3?how=" + how)
				assert.Equal(t, "/3", c.body())
			})
		}
	}
}

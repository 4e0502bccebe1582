package adapter_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// looping serves a connection by itself, up to /stop, and tells how it ended.
func looping(ended chan<- error, verdict hooks.Status) hooks.HookFunc {
	return func(s *stream.Stream, c *stream.Context) hooks.Status {
		for n := 1; ; n++ {
			r := c.Request()
			if _, ok := attribute.Get(c); ok {
				panic("an attribute of an earlier request")
			}
			attribute.Set(c, r.URL.Path)
			if c.Response().Header.Get("X-N") != "" || c.Response().Status != 0 {
				panic("a response of an earlier request")
			}
			c.Response().Header.Set("X-N", fmt.Sprint(n))
			body := "none"
			if r.URL.Query().Has("read") {
				p, err := c.Body()
				must("read", err, nil)
				body = string(p)
			}
			c.Response().Body = []byte(r.Method + " " + r.URL.Path + " " + body)
			switch {
			case r.URL.Path == "/stop":
				ended <- nil
				return verdict
			case r.URL.Query().Has("send"):
				must("send", s.Send(c.Response().Build()), nil)
			}
			next, err := s.NextRequest()
			if err != nil {
				ended <- err
				return hooks.Reject
			}
			if next != c.Request() || next.Context().Err() != nil {
				panic("the Context has not moved on")
			}
		}
	}
}

func loopService(t *testing.T, m mount, h hooks.ServerHook) *service {
	mux := http.NewServeMux()
	mux.Handle("/", adapter.Handler(h))
	mux.HandleFunc("/legacy", text("legacy"))
	s := serve(t, m.wrap(t, mux), nil)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.log)
		}
	})
	return s
}

// TestNextRequest serves a hundred requests in one hook, with bodies read and not.
func TestNextRequest(t *testing.T) {
	kinds := []string{
		"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /%d?send HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
		"POST /%d?send HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
		"POST /%d?read HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
		"POST /%d?read&send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
		"POST /%d?send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
	}
	for _, m := range mounts() {
		if m.mode == adapter.Never {
			continue
		}
		for _, verdict := range []hooks.Status{hooks.Continue, hooks.Reject} {
			for _, pipelined := range []bool{false, true} {
				for first := range kinds {
					if post := kinds[first]; m.bare && strings.HasPrefix(post, "POST") && !strings.Contains(post, "read") && strings.Contains(post, "send") {
						continue // beneath a router nobody knows where that body ends: it is no raw connection
					}
					t.Run(fmt.Sprint(m.name, "/", verdict, "/pipelined ", pipelined, "/first ", first), func(t *testing.T) {
						t.Parallel()
						ended := make(chan error, 1)
						p := loopService(t, m, looping(ended, verdict)).Dial()
						check := func(i int) {
							kind := kinds[(i+first)%len(kinds)]
							method, _, _ := strings.Cut(kind, " ")
							body := "none"
							if strings.Contains(kind, "read") {
								body = "hello"
							}
							got := p.Want(method)
							require.Equal(t, fmt.Sprintf("%s /%d %s", method, i, body), got.Text)
							require.Equal(t, fmt.Sprint(i+1), got.Header.Get("X-N"))
						}
						var all strings.Builder
						for i := range 100 {
							one := fmt.Sprintf(kinds[(i+first)%len(kinds)], i)
							if pipelined {
								all.WriteString(one)
								continue
							}
							p.Send(one)
							check(i)
						}
						if pipelined {
							go func() { _, _ = io.WriteString(p.Conn(), all.String()) }()
							for i := range 100 {
								check(i)
							}
						}
						assert.Equal(t, "GET /stop none", p.Get("/stop").Text)
						require.NoError(t, receive(t, ended, "the loop"))
						assert.Equal(t, "legacy", p.Get("/legacy").Text)
						assert.Equal(t, "1", p.Get("/again?send").Header.Get("X-N"))
						p.Close()
						assert.ErrorIs(t, receive(t, ended, "the second loop"), io.EOF)
					})
				}
			}
		}
	}
}

// TestNextRequestEndsContexts: that of each request, once the loop has left it behind.
func TestNextRequestEndsContexts(t *testing.T) {
	for _, asked := range []bool{false, true} {
		t.Run(fmt.Sprint("asked ", asked), func(t *testing.T) {
			t.Parallel()
			result := make(chan string, 8)
			p := loopService(t, mount{bare: true}, hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
				for n := 1; n < 4; n++ {
					r := c.Request()
					if asked {
						_ = r.Context().Done()
					}
					if _, err := s.NextRequest(); err != nil {
						return hooks.Reject
					}
					if r.Context().Err() == nil {
						result <- fmt.Sprint("the context of request ", n, " has not ended")
						return hooks.Reject
					}
					if err := s.Context().Err(); err != nil {
						result <- fmt.Sprint("the context of the stream has ended behind request ", n)
						return hooks.Reject
					}
				}
				result <- ""
				return hooks.Reject
			})).Dial()
			for range 4 {
				p.Get("/")
			}
			assert.Empty(t, receive(t, result, "the loop"))
		})
	}
}

// TestNextRequestEnds: each end of a connection has its error, and its last request an
// answer.
func TestNextRequestEnds(t *testing.T) {
	for _, tt := range []struct {
		name, bytes string
		first       int // status of the first answer
		then        int // status of a second answer, 0: none
		check       func(t *testing.T, err error)
	}{
		{"Connection: close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200, 0, func(t *testing.T, err error) { assert.ErrorIs(t, err, stream.ErrClosed) }},
		{"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 200, 0, func(t *testing.T, err error) { assert.ErrorIs(t, err, stream.ErrClosed) }},
		{"close, sent", "GET /?send HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200, 0, func(t *testing.T, err error) { assert.ErrorIs(t, err, stream.ErrClosed) }},
		{"bad request", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n", 200, 400, func(t *testing.T, err error) {
			var bad *stream.RequestError
			require.ErrorAs(t, err, &bad)
			assert.Equal(t, 400, bad.Status)
		}},
		{"body too large to drain", "POST /?send HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n", 200, 0, func(t *testing.T, err error) { assert.ErrorIs(t, err, stream.ErrClosed) }},
		{"left", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, 0, func(t *testing.T, err error) { assert.ErrorIs(t, err, io.EOF) }},
	} {
		for _, m := range mounts() {
			if m.mode == adapter.Never || m.bare && tt.name == "body too large to drain" {
				continue // there nothing knows where the body is
			}
			t.Run(tt.name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				ended := make(chan error, 1)
				p := loopService(t, m, looping(ended, hooks.Reject)).Dial()
				p.Send(tt.bytes)
				assert.Equal(t, tt.first, p.Want("GET").StatusCode)
				if tt.then != 0 {
					assert.Equal(t, tt.then, p.Want("GET").StatusCode)
				}
				if tt.name == "left" {
					p.CloseWrite()
				}
				tt.check(t, receive(t, ended, "the loop"))
				p.WantEnd()
			})
		}
	}
}

// TestNextRequestNotRaw: without a connection there is no next request, and the error
// names what is in the way.
func TestNextRequestNotRaw(t *testing.T) {
	result := make(chan error, 1)
	h := adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
		_, err := s.NextRequest()
		_, rawErr := s.NetConn()
		if !errors.Is(rawErr, stream.ErrNotRaw) {
			panic(fmt.Sprint("NetConn: ", rawErr))
		}
		result <- err
		c.Response().Body = []byte("all the same")
		return hooks.Continue
	}))
	check := func(t *testing.T, names, body string) {
		err := receive(t, result, "the hook")
		require.ErrorIs(t, err, stream.ErrNotRaw)
		assert.Contains(t, err.Error(), names)
		assert.Equal(t, "all the same", body)
	}
	t.Run("Never", func(t *testing.T) {
		p := serve(t, adapt(t, &adapter.Options{Takeover: adapter.Never}).Wrap(h), nil).Dial()
		check(t, "", p.Get("/").Text)
	})
	t.Run("HTTP/2", func(t *testing.T) {
		client, url := http2(t, h)
		resp, err := client.Get(url)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		check(t, "HTTP/2", string(body))
	})
	t.Run("recorder", func(t *testing.T) {
		rec, _ := record(t, h, httptest.NewRequest("GET", "/", nil))
		check(t, "http.Server", rec.Body.String())
	})
	for _, m := range mounts() {
		if m.mode == adapter.Never {
			continue
		}
		for _, second := range []bool{false, true} {
			t.Run(fmt.Sprint("TimeoutHandler/", m.name, " second ", second), func(t *testing.T) {
				mux := http.NewServeMux()
				mux.Handle("/", http.TimeoutHandler(h, patience, ""))
				mux.Handle("/sent", adapter.Handler(hook(answers["sent"])))
				p := serve(t, m.wrap(t, mux), nil).Dial()
				if second {
					p.Get("/sent")
				}
				check(t, "*http.timeoutWriter", p.Get("/").Text)
			})
		}
	}
}

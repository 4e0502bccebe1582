package adapter_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// TestExpectContinue: the client gets its 100 once, when somebody reads the body, and
// never behind the final head (golang/go#11549).
func TestExpectContinue(t *testing.T) {
	read := func(c *stream.Context) string {
		p, err := io.ReadAll(c.Request().Body)
		must("read", err, nil)
		return string(p)
	}
	answer := func(s *stream.Stream, c *stream.Context, body string) {
		c.Response().Body = []byte(body)
		must("send", s.Send(c.Response().Build()), nil)
	}
	for _, tt := range []struct {
		name    string
		hook    func(s *stream.Stream, c *stream.Context) hooks.Status
		goes    bool // the client is told to go on
		body    string
		ends    bool
		unasked bool // it sends the body although it was not told to
	}{
		{name: "read, staged", goes: true, body: "got hello", hook: func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = []byte("got " + read(c))
			return hooks.Continue
		}},
		{name: "read, sent", goes: true, body: "got hello", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			answer(s, c, "got "+read(c))
			return hooks.Continue
		}},
		{name: "taken over, read, sent", goes: true, body: "got hello", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			_, _ = s.NetConn()
			answer(s, c, "got "+read(c))
			return hooks.Continue
		}},
		{name: "not read, staged", ends: true, body: "no", hook: func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = []byte("no")
			return hooks.Continue
		}},
		{name: "not read, sent", ends: true, body: "no", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			answer(s, c, "no")
			return hooks.Continue
		}},
		{name: "half read, sent", goes: true, body: "half", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			_, _ = c.Request().Body.Read(make([]byte, 2))
			answer(s, c, "half")
			return hooks.Continue
		}},
		{name: "sent, then read", unasked: true, body: "early", ends: true, hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			answer(s, c, "early")
			_, _ = io.ReadAll(c.Request().Body)
			return hooks.Continue
		}},
		{name: "head sent, then read", unasked: true, body: "early", ends: true, hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			must("head", s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nea")), nil)
			_, _ = io.ReadAll(c.Request().Body)
			must("rest", s.Send([]byte("rly")), nil)
			return hooks.Continue
		}},
	} {
		for _, m := range mounts() {
			for _, chunked := range []bool{false, true} {
				for _, second := range []bool{false, true} {
					t.Run(fmt.Sprint(tt.name, "/", m.name, "/chunked ", chunked, "/second ", second), func(t *testing.T) {
						t.Parallel()
						mux := http.NewServeMux()
						mux.Handle("/post", adapter.Handler(hook(tt.hook)))
						mux.Handle("/", adapter.Handler(hook(answers["sent"])))
						p := serve(t, m.wrap(t, mux), nil).Dial()
						if second {
							p.Get("/")
						}
						length, body := "Content-Length: 5", "hello"
						if chunked {
							length, body = "Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"
						}
						p.Send("POST /post HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" + length + "\r\n\r\n")
						if tt.goes {
							p.WantBytes("HTTP/1.1 100 Continue\r\n\r\n")
						}
						if tt.goes || tt.unasked {
							p.Send(body)
						}
						got := p.Want("POST")
						assert.Equal(t, tt.body, got.Text)
						assert.Empty(t, got.Interim)
						switch {
						case tt.unasked: // whether the connection goes on is a matter of taste
						case tt.ends:
							if m.mode != adapter.Eager { // net/http waits for the body before it closes
								p.CloseWrite()
							}
							p.WantEnd()
						default:
							if !got.Close {
								assert.Equal(t, "posted", p.Get("/").Text)
							}
						}
					})
				}
			}
		}
	}
}

func TestUnknownExpectation(t *testing.T) {
	for _, m := range mounts() {
		for _, second := range []bool{false, true} {
			t.Run(fmt.Sprint(m.name, " second ", second), func(t *testing.T) {
				t.Parallel()
				var seen paths
				h := seen.middleware(adapter.Handler(hook(answers["sent"])))
				p := serve(t, m.wrap(t, h), nil).Dial()
				want := 0
				if second {
					p.Get("/")
					want = 1
				}
				p.Send("POST / HTTP/1.1\r\nHost: a\r\nExpect: a-miracle\r\nContent-Length: 5\r\n\r\n")
				assert.Equal(t, http.StatusExpectationFailed, p.Want("POST").StatusCode)
				if !second || m.mode == adapter.Never {
					p.CloseWrite() // net/http waits for the body before it closes
				}
				p.WantEnd()
				assert.Len(t, seen.list(), want)
			})
		}
	}
}

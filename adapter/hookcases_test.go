package adapter_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

func hookCases() []hookCase {
	return append(append(sendingCases(), framingCases()...), endingCases()...)
}

// sendingCases are the ways to send.
func sendingCases() []hookCase {
	hello := func(c *stream.Context) []byte {
		c.Response().Body = []byte("hello")
		return c.Response().Build()
	}
	return []hookCase{
		{name: "nothing staged", status: 200, hook: func(*stream.Stream, *stream.Context) hooks.Status { return hooks.Continue }},
		{name: "nothing staged, rejected", status: 200, hook: func(*stream.Stream, *stream.Context) hooks.Status { return hooks.Reject }},
		{name: "undecided", status: 200, hook: func(*stream.Stream, *stream.Context) hooks.Status { return 0 }},
		{name: "staged", status: 418, body: "tea", header: map[string]string{"X-Y": "z", "Content-Length": "3"}, hook: func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().SetBody(418, "text/tea", "tea")
			c.Response().Header.Set("X-Y", "z")
			return hooks.Continue
		}},
		{name: "staged, rejected", status: 403, body: "no", hook: func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().SetBody(403, "text/plain", "no")
			return hooks.Reject
		}},
		{name: "staged, header replaced", status: 200, header: map[string]string{"X-New": "1"}, hook: func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Header = http.Header{"X-New": {"1"}}
			return hooks.Continue
		}},
		{name: "staged, large", status: 200, body: longBody, hook: func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = []byte(longBody)
			return hooks.Continue
		}},
		{name: "Send", status: 200, body: "hello", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			must("send", s.Send(hello(c)), nil)
			return hooks.Reject
		}},
		{name: "TrySend", status: 200, body: "hello", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			must("try send", s.TrySend(hello(c)), nil)
			must("try flush", s.TryFlush(), nil)
			must("flush", s.Flush(), nil)
			if n := s.Queued(); n != 0 {
				panic(fmt.Sprint("queued behind a flush: ", n))
			}
			return hooks.Continue
		}},
		{name: "TrySend, response touched behind it", status: 200, body: "hello", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			must("try send", s.TrySend(hello(c)), nil)
			for range 1000 {
				c.Response().Header.Set("X-Late", "1")
				c.Response().Build()
			}
			return hooks.Continue
		}},
		{name: "SendList", status: 200, body: "hello world", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Header.Set("Content-Length", "11")
			must("list", s.SendList([][]byte{c.Response().Build(), nil, []byte("hello "), []byte("world")}), nil)
			return hooks.Continue
		}},
		{name: "TrySendList", status: 200, body: "hello world", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Header.Set("Content-Length", "11")
			must("list", s.TrySendList([][]byte{c.Response().Build(), []byte("hello ")}), nil)
			must("list", s.TrySendList([][]byte{[]byte("wor"), []byte("ld")}), nil)
			must("empty list", s.TrySendList(nil), nil)
			return hooks.Continue
		}},
		{name: "Flush before anything", status: 200, body: "late", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			must("flush", s.Flush(), nil)
			must("try flush", s.TryFlush(), nil)
			c.Response().Body = []byte("late")
			return hooks.Continue
		}},
		{name: "frame larger than the queue, then staged", status: 200, body: "small", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = make([]byte, 2<<20)
			must("try send", s.TrySend(c.Response().Build()), stream.ErrBufferFull)
			c.Response().Body = []byte("small")
			return hooks.Continue
		}},
		{name: "HEAD staged", method: "HEAD", status: 200, header: map[string]string{"Content-Length": "5"}, hook: func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = []byte("hello")
			return hooks.Continue
		}},
		{name: "HEAD sent", method: "HEAD", status: 200, header: map[string]string{"Content-Length": "5"}, hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			must("send", s.Send(hello(c)), nil)
			return hooks.Continue
		}},
		{name: "HEAD sent with a body", method: "HEAD", status: 200, header: map[string]string{"Content-Length": "5"}, hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("send", s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")), nil)
			must("send", s.Send([]byte("lo")), nil)
			return hooks.Continue
		}},
		{name: "POST", method: "POST", status: 201, hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Status = 201
			must("send", s.Send(c.Response().Build()), nil)
			return hooks.Continue
		}},
		{name: "stream context", status: 200, body: "hello", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			ended, asked := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(ended)
				done := s.Context().Done()
				close(asked)
				select {
				case <-done:
				case <-time.After(patience):
				}
			}()
			must("send", s.Send(hello(c)), nil)
			<-asked
			must("context", s.Context().Err(), nil)
			return hooks.Continue
		}},
	}
}

// framingCases are the ways to frame a response.
func framingCases() []hookCase {
	cases := []hookCase{
		{name: "Content-Length in portions", status: 200, body: "hello world", hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			portions(s, []byte("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world"), 1)
			return hooks.Continue
		}},
		{name: "204", status: 204, hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Status = 204
			must("send", s.Send(c.Response().Build()), nil)
			must("body", s.Send([]byte("x")), stream.ErrComplete)
			return hooks.Continue
		}},
		{name: "304 staged", status: 304, hook: func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Status, c.Response().Body = 304, []byte("left out")
			return hooks.Continue
		}},
		{name: "204 with a body", status: 204, hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("send", s.Send([]byte("HTTP/1.1 204 No Content\r\n\r\nbody")), http.ErrBodyNotAllowed)
			must("send", s.Send([]byte("HTTP/1.1 204 No Content\r\n\r\n")), nil)
			return hooks.Continue
		}},
		{name: "103 then 200", status: 200, body: "hello", interim: true, hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			must("103", s.Send([]byte("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")), nil)
			c.Response().Body = []byte("hello")
			must("200", s.Send(c.Response().Build()), nil)
			return hooks.Continue
		}},
		{name: "103 sent, 200 staged", status: 200, body: "hello", interim: true, hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			must("103", s.Send([]byte("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")), nil)
			c.Response().Body = []byte("hello")
			return hooks.Continue
		}},
		{name: "unframed", status: 200, body: "until the end", closes: true, hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("head", s.Send([]byte("HTTP/1.1 200 OK\r\nX-Y: z\r\n\r\nuntil ")), nil)
			must("body", s.Send([]byte("the end")), nil)
			return hooks.Continue
		}},
		{name: "Connection: close", status: 200, body: "x", closes: true, hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("send", s.Send([]byte("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx")), nil)
			return hooks.Continue
		}},
		// RFC 9112, section 9.6: who says close closes, in letters of any case and wherever it stands.
		{name: "Connection: x, Close", status: 200, body: "x", closes: true, hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("send", s.Send([]byte("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 1\r\n\r\nx")), nil)
			return hooks.Continue
		}},
		{name: "Connection: x, Close, staged", status: 200, body: "x", closes: true, hook: func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Header.Set("Connection", "x, Close")
			c.Response().Body = []byte("x")
			return hooks.Continue
		}},
		{name: "Connection: close in a second line, staged", status: 200, body: "x", closes: true, hook: func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Header["Connection"] = []string{"x", "close"}
			c.Response().Body = []byte("x")
			return hooks.Continue
		}},
		// RFC 9112, section 6.3: the coding counts, and nobody can be sure that all see it so.
		{name: "length and coding", status: 200, body: "hello", closes: true, hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("send", s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")), nil)
			return hooks.Continue
		}},
		{name: "too many bytes at once", status: 200, body: "right", hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("send", s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong!")), http.ErrContentLength)
			must("send", s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright")), nil)
			return hooks.Continue
		}},
		{name: "too many bytes later", status: 200, body: "right", hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("send", s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nri")), nil)
			must("excess", s.TrySend([]byte("ght!")), http.ErrContentLength)
			must("excess", s.SendList([][]byte{[]byte("ght"), []byte("!")}), http.ErrContentLength)
			must("rest", s.Send([]byte("ght")), nil)
			return hooks.Continue
		}},
		{name: "second response", status: 200, body: "one", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = []byte("one")
			must("first", s.Send(c.Response().Build()), nil)
			must("second", s.Send(c.Response().Build()), stream.ErrComplete)
			must("second", s.TrySend(c.Response().Build()), stream.ErrComplete)
			return hooks.Continue
		}},
		{name: "two responses at once", status: 200, body: "one", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = []byte("one")
			p := c.Response().Build()
			must("both", s.SendList([][]byte{p, p}), http.ErrContentLength)
			must("one", s.Send(p), nil)
			return hooks.Continue
		}},
		{name: "too few bytes", broken: true, hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("send", s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")), nil)
			return hooks.Continue
		}},
		{name: "chunks without end", broken: true, hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("send", s.Send([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")), nil)
			return hooks.Continue
		}},
	}
	// Cut once at every byte, and into bytes.
	for at := 1; at < len(chunkedReply); at += 7 {
		cases = append(cases, hookCase{name: fmt.Sprint("chunked, cut at ", at), status: 200, body: "hello 0123456789", hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			for cut := at; cut < min(at+7, len(chunkedReply)); cut += 7 {
				must("first", s.Send([]byte(chunkedReply[:cut])), nil)
				must("rest", s.TrySend([]byte(chunkedReply[cut:])), nil)
			}
			return hooks.Continue
		}})
	}
	return append(cases, hookCase{name: "chunked, byte by byte", status: 200, body: "hello 0123456789", hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
		portions(s, []byte(chunkedReply), 1)
		return hooks.Continue
	}})
}

// endingCases are about the end of a stream.
func endingCases() []hookCase {
	return []hookCase{
		{name: "SetClosed, staged", status: 200, body: "bye", closes: true, hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = []byte("bye")
			s.SetClosed(true)
			must("send", s.Send([]byte("x")), stream.ErrClosed)
			if !s.Closed() || s.KeepAlive(true) {
				panic("closed stream does not say so")
			}
			return hooks.Continue
		}},
		{name: "SetClosed behind the response", status: 200, body: "bye", closes: true, hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = []byte("bye")
			must("send", s.Send(c.Response().Build()), nil)
			s.SetClosed(true)
			must("late", s.TrySend([]byte("x")), stream.ErrClosed)
			return hooks.Continue
		}},
		{name: "SetClosed taken back", status: 200, body: "hello", hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			s.SetClosed(true)
			s.SetClosed(false)
			if s.Closed() || !s.KeepAlive(true) || s.KeepAlive(false) {
				panic("an open stream looks closed")
			}
			c.Response().Body = []byte("hello")
			must("send", s.Send(c.Response().Build()), nil)
			s.SetClosed(true)
			s.SetClosed(false)
			must("second", s.Send([]byte("x")), stream.ErrComplete)
			return hooks.Continue
		}},
		{name: "panic before anything", status: 500, hook: func(*stream.Stream, *stream.Context) hooks.Status {
			panic("early")
		}, body: "500 Internal Server Error\n"},
		{name: "panic with a staged response", status: 500, body: "500 Internal Server Error\n", hook: func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().SetBody(200, "text/plain", "secret")
			c.Response().Header.Set("X-Secret", "1")
			panic("staged")
		}, header: map[string]string{"X-Secret": ""}},
		{name: "panic behind a head", broken: true, hook: func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("send", s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")), nil)
			panic("middle")
		}},
		{name: "ErrAbortHandler", cut: true, hook: func(*stream.Stream, *stream.Context) hooks.Status { panic(http.ErrAbortHandler) }},
		{name: "field values cannot break out", status: 200, header: map[string]string{"X-A": "b  X-C: d", "X-C": ""}, hook: func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Header.Set("X-A", "b\r\nX-C: d")
			c.Response().Header["X-B\r\nX-C"] = []string{"d"}
			p := c.Response().Build()
			if strings.Contains(string(p), "\nX-C") {
				panic("split")
			}
			must("send", s.Send(p), nil)
			return hooks.Continue
		}},
	}
}

package sse_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A peer is a client that says exactly what the test wants.
type peer struct {
	t    *testing.T
	conn net.Conn
	br   *bufio.Reader
}

func (s *site) peer() *peer {
	conn, err := s.dial()
	require.NoError(s.t, err)
	s.bodies = append(s.bodies, conn)
	return &peer{s.t, conn, bufio.NewReader(conn)}
}

// say sends text with CRLF for line feeds.
func (p *peer) say(text string) {
	_, err := io.WriteString(p.conn, strings.ReplaceAll(text, "\n", "\r\n"))
	require.NoError(p.t, err)
}

// reply reads a response.
func (p *peer) reply() (*http.Response, string) {
	p.t.Helper()
	resp, err := http.ReadResponse(p.br, nil)
	require.NoError(p.t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	return resp, string(body)
}

// upgradeOrEvents sends two events, or switches to a protocol of one line.
func upgradeOrEvents(s *stream.Stream, c *stream.Context) hooks.Status {
	if c.Header("Upgrade") == "" {
		return sse.Hook(func(x *sse.Session) error {
			return x.SendList(sse.Event{Data: "1"}, sse.Event{Data: "2"})
		}, nil).Handle(s, c)
	}
	if s.Send([]byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")) != nil {
		return hooks.Reject
	}
	_ = s.Send([]byte("echo\n"))
	return hooks.Continue
}

// TestReuse: two requests, an event stream that ends, another request, and an
// upgrade, on one connection.
func TestReuse(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		if ca.http2 {
			return // whose connections are everybody's
		}
		s, stop := ca.serve(t, hooks.HookFunc(upgradeOrEvents), nil, adapter.Options{})
		defer stop()
		p := s.peer()
		for _, step := range []struct{ path, body string }{
			{"/plain", "plain"}, {"/plain", "plain"}, {"/events", "data: 1\n\ndata: 2\n\n"}, {"/plain", "plain"}, {"/events", "data: 1\n\ndata: 2\n\n"},
		} {
			p.say("GET " + step.path + " HTTP/1.1\nHost: a\n\n")
			resp, body := p.reply()
			assert.Equal(t, 200, resp.StatusCode)
			assert.Equal(t, step.body, body)
			if step.path == "/events" {
				assert.Equal(t, []string{"chunked"}, resp.TransferEncoding)
			}
		}
		if ca.takeover == adapter.Never {
			return // which cannot switch protocols
		}
		p.say("GET /events HTTP/1.1\nHost: a\nConnection: upgrade\nUpgrade: echo\n\n")
		resp, err := http.ReadResponse(p.br, nil)
		require.NoError(t, err)
		assert.Equal(t, 101, resp.StatusCode)
		line, err := p.br.ReadString('\n')
		require.NoError(t, err)
		assert.Equal(t, "echo\n", line)
	})
}

// TestPipelined: a request that waits behind an event stream is served after it.
func TestPipelined(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		if ca.http2 {
			return
		}
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			assert.NoError(t, x.Send(sse.Event{Data: "1"}))
			time.Sleep(time.Second)
			return x.Send(sse.Event{Data: "2"})
		}, nil), nil, adapter.Options{})
		defer stop()
		p := s.peer()
		go p.say("GET /events HTTP/1.1\nHost: a\n\nGET /plain HTTP/1.1\nHost: a\n\n")
		_, body := p.reply()
		assert.Equal(t, "data: 1\n\ndata: 2\n\n", body)
		_, body = p.reply()
		assert.Equal(t, "plain", body)
	})
}

// TestHTTP10: without chunks the end of the stream is that of the connection.
func TestHTTP10(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		if ca.http2 {
			return
		}
		s, stop := ca.serve(t, sse.Hook(script, &sse.Options{Retry: time.Second}), nil, adapter.Options{})
		defer stop()
		p := s.peer()
		p.say("GET /events HTTP/1.0\nConnection: keep-alive\n\n")
		resp, err := http.ReadResponse(p.br, nil)
		require.NoError(t, err)
		assert.Empty(t, resp.TransferEncoding)
		assert.True(t, resp.Close)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		got, parser := parseAll(t, string(body))
		assert.Equal(t, scripted, got)
		assert.Equal(t, 1000, parser.retry)
		_, err = p.br.ReadByte()
		assert.Equal(t, io.EOF, err)
	})
}

// TestNextRequest: a loop of its own may have event streams among its answers.
func TestNextRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, stop := carriers()[1].serve(t, hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
			for {
				x, err := sse.Open(s, c, nil)
				if !assert.NoError(t, err) {
					return hooks.Reject
				}
				assert.NoError(t, x.Send(sse.Event{Data: c.Request().URL.RawQuery}))
				_, err = s.NextRequest()
				assert.ErrorIs(t, x.Send(sse.Event{Data: "late"}), stream.ErrClosed)
				if err != nil {
					return hooks.Reject
				}
			}
		}), nil, adapter.Options{})
		defer stop()
		p := s.peer()
		for _, q := range []string{"1", "2", "3"} {
			p.say("GET /events?" + q + " HTTP/1.1\nHost: a\n\n")
			_, body := p.reply()
			assert.Equal(t, "data: "+q+"\n\n", body)
		}
		p.conn.Close()
	})
}

// TestOneWrite: a list of events is one write, and so is the first event with the head.
func TestOneWrite(t *testing.T) {
	t.Parallel()
	for _, takeover := range []adapter.Takeover{adapter.OnDemand, adapter.Eager} {
		synctest.Test(t, func(t *testing.T) {
			var writes atomic.Int64
			events := make([]sse.Event, 16)
			s, stop := (carrier{takeover: takeover}).serve(t, sse.Hook(func(x *sse.Session) error {
				step := func(want int64, send func() error) {
					before := writes.Load()
					assert.NoError(t, send())
					assert.NoError(t, x.Flush())
					assert.Equal(t, want, writes.Load()-before)
				}
				step(1, func() error { return x.SendList(events...) })
				step(1, func() error { return x.SendList(events...) })
				step(1, func() error { return x.Send(events[0]) })
				p, err := sse.Prepare(events...)
				require.NoError(t, err)
				step(1, func() error { return x.SendPrepared(p) })
				return nil
			}, nil), nil, adapter.Options{}, func(l net.Listener) net.Listener { return streamtest.CountWrites(l, &writes) })
			defer stop()
			data, err := s.get().rest()
			assert.Equal(t, io.EOF, err)
			assert.Len(t, data, 49)
		})
	}
}

// TestSenders: any number of goroutines send, while the session is closed, shut down or
// left by its client: no panic, no torn event, and an end that can be told.
func TestSenders(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		for _, end := range []string{"close", "shutdown", "leave", "return"} {
			s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
				var wg sync.WaitGroup
				for range 16 {
					wg.Go(func() {
						for range 1000 {
							if err := x.SendList(sse.Event{Data: "one\ntwo"}, sse.Event{Data: "three"}); err != nil {
								assert.ErrorIs(t, err, stream.ErrClosed)
								return
							}
						}
					})
				}
				switch end {
				case "close":
					time.Sleep(time.Microsecond)
					_ = x.Close()
				case "return":
					return nil // the others find the end
				}
				wg.Wait()
				return nil
			}, &sse.Options{QueueSize: 1000, Heartbeat: time.Millisecond}), nil, adapter.Options{})
			l := s.get()
			for i := 0; ; i++ {
				m, err := l.next()
				if err != nil {
					break
				}
				if !assert.Equal(t, []string{"one\ntwo", "three"}[i%2], m.data) {
					break
				}
				if i == 100 && end == "leave" {
					l.Body.Close()
				}
				if i == 100 && end == "shutdown" && s.adapter != nil {
					go func() { _ = s.adapter.Shutdown(t.Context()) }()
				}
			}
			stop()
		}
	})
}

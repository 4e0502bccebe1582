package adapter_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An account is a request, and what an Observer is told of it.
type account struct {
	name    string
	request string // after the method, without Host
	method  string // GET if it is empty
	body    string
	handler http.Handler
	play    func(p *streamtest.Client) // reads the answer; nil: Want
	raw     bool                       // needs a raw connection

	want    stream.RequestEnd // but for the times
	panics  int
	refused int // status of a refusal
	streams int
}

func accounts() []account {
	echoed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write(body)
	})
	staged := adapter.HandlerFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().SetBody(http.StatusTeapot, "text/plain", "staged")
		return hooks.Continue
	})
	sent := adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().SetBody(http.StatusOK, "text/plain", "sent")
		must("send", s.Send(c.Response().Build()), nil)
		return hooks.Continue
	})
	events := adapter.Handler(sse.Hook(func(x *sse.Session) error { return x.Send(sse.Event{Data: "1"}) }, nil))
	socket := func(detach bool) http.Handler {
		return adapter.Handler(ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
			return c.WriteMessage(messageType, p)
		}, &ws.Options{Detach: detach}))
	}
	upgrade := " HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
	talk := func(p *streamtest.Client) {
		p.Want("GET")
		p.SendFrame(streamtest.Frame{Final: true, Opcode: 1, Payload: "hello"})
		p.WantFrame()
		p.SendFrame(streamtest.Frame{Final: true, Opcode: 8, Payload: "\x03\xe8"})
		p.WantFrame()
	}
	ends := func(p *streamtest.Client) { _, _ = p.Rest() }
	end := func(status int, in, out int64) stream.RequestEnd {
		return stream.RequestEnd{Status: status, BytesIn: in, BytesOut: out}
	}
	return []account{
		{name: "handler", handler: text("hello"), want: end(200, 0, 5)},
		{name: "HEAD", method: "HEAD", handler: text("hello"), want: end(200, 0, 0)},
		{name: "nothing written", handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), want: end(200, 0, 0)},
		{name: "not found", handler: http.NotFoundHandler(), want: end(404, 0, 19)},
		{name: "body", method: "POST", body: "some body", handler: echoed, want: end(202, 9, 9)},
		{name: "file", handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "a.txt", time.Unix(1e9, 0), strings.NewReader(strings.Repeat("f", 100<<10)))
		}), want: end(200, 0, 100<<10)},
		{name: "staged", handler: staged, want: end(418, 0, 6)},
		{name: "sent", handler: sent, want: end(200, 0, 4)},
		{name: "panic", handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }), play: ends,
			want: stream.RequestEnd{Aborted: true}, panics: 1},
		{name: "panic of a hook", handler: adapter.HandlerFunc(func(*stream.Stream, *stream.Context) hooks.Status { panic("oh") }),
			want: end(500, 0, 26), panics: 1},
		{name: "abort", handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), play: ends,
			want: stream.RequestEnd{Aborted: true}},
		{name: "limit", request: strings.Repeat("x", 200), handler: text("never"), want: end(414, 0, 0), refused: 414},
		{name: "hijack", handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, rw, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = rw.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
				_ = rw.Flush()
				_ = conn.Close()
			}
		}), want: end(0, 0, 0), raw: true},
		{name: "detached events", handler: adapter.Handler(sse.Hook(func(x *sse.Session) error {
			must("event", x.Send(sse.Event{Data: "1"}), nil)
			time.AfterFunc(time.Millisecond, func() { _ = x.Close() })
			return x.Detach(nil)
		}, nil)), want: stream.RequestEnd{Status: 200, Kind: stream.KindEvents}, streams: 1},
		{name: "events", handler: events, want: stream.RequestEnd{Status: 200, Kind: stream.KindEvents}, streams: 1},
		{name: "WebSocket", request: upgrade, handler: socket(false), play: talk, raw: true,
			want: stream.RequestEnd{Status: 101, Kind: stream.KindWebSocket}, streams: 1},
		{name: "detached WebSocket", request: upgrade, handler: socket(true), play: talk, raw: true,
			want: stream.RequestEnd{Status: 101, Kind: stream.KindWebSocket}, streams: 1},
	}
}

// send sends the request of ac.
func (ac *account) send(p *streamtest.Client) {
	method := ac.method
	if method == "" {
		method = "GET"
	}
	target, fields, _ := strings.Cut(ac.request, " HTTP/1.1")
	if ac.body != "" {
		fields += fmt.Sprint("\r\nContent-Length: ", len(ac.body))
	}
	p.Send(method + " /it" + target + " HTTP/1.1\r\nHost: a" + fields + "\r\n\r\n" + ac.body)
	if ac.play != nil {
		ac.play(p)
		return
	}
	p.Want(method)
}

// check compares what l was told with ac.
func (ac *account) check(t *testing.T, l *ledger) {
	l.mu.Lock()
	defer l.mu.Unlock()
	require.NotEmpty(t, l.requests)
	got := l.requests[len(l.requests)-1]
	if got.Status != 0 {
		assert.LessOrEqual(t, got.FirstByte, got.Duration)
	} else {
		assert.Zero(t, got.FirstByte)
	}
	got.FirstByte, got.Duration = 0, 0
	switch {
	case ac.want.Kind == stream.KindEvents:
		assert.NotZero(t, got.BytesOut)
		got.BytesOut = 0
	case ac.refused != 0:
		got.BytesOut = 0 // one that could not be parsed is refused past the writer
	}
	assert.Equal(t, ac.want, got)
	assert.Len(t, l.panics, ac.panics)
	assert.Len(t, l.over, ac.streams)
	if ac.refused == 0 {
		assert.Empty(t, l.refused)
	} else if assert.Len(t, l.refused, 1) {
		assert.Equal(t, ac.refused, l.refused[0].Status)
	}
	assert.Empty(t, l.drops)
}

// TestObserver: what an Observer is told of a request, as the first and as the second one of
// a connection, over all carriers of HTTP/1.1.
func TestObserver(t *testing.T) {
	for _, m := range mounts() {
		if m.bare {
			continue // there is nowhere to set one
		}
		for _, ac := range accounts() {
			if ac.raw && m.mode == adapter.Never {
				continue
			}
			for _, second := range []bool{false, true} {
				for _, tcp := range []bool{false, true} {
					t.Run(fmt.Sprint(m.name, "/", ac.name, "/second ", second, "/TCP ", tcp), func(t *testing.T) {
						t.Parallel()
						l := newLedger()
						h := http.NewServeMux()
						h.Handle("/", text("before"))
						h.Handle("/it", ac.handler)
						opts := adapter.Options{Observer: l, Request: stream.RequestConfig{MaxPathSize: 100}}
						p := serveOver(t, m.with(t, h, opts), nil, &streamtest.Options{TCP: tcp}).Dial()
						if second {
							require.Equal(t, "before", p.Get("/before").Text)
						}
						ac.send(p)
						p.Close()
						l.settled(t)
						ac.check(t, l)
						l.mu.Lock()
						defer l.mu.Unlock()
						assert.Len(t, l.requests, len(l.asked))
						requests := int64(0)
						for _, c := range l.conns {
							requests += c.Requests
							assert.True(t, c.BytesIn > 0 || !m.own, "%+v", c)
						}
						if m.mode == adapter.Eager {
							assert.Len(t, l.conns, 1)
							assert.Equal(t, int64(len(l.requests)), requests)
						}
					})
				}
			}
		}
	}
}

// TestObserverOverHTTP2: nothing is taken over, and all is told but of connections.
func TestObserverOverHTTP2(t *testing.T) {
	for _, ac := range accounts() {
		if ac.raw {
			continue
		}
		t.Run(ac.name, func(t *testing.T) {
			t.Parallel()
			l := newLedger()
			opts := adapter.Options{Observer: l, Request: stream.RequestConfig{MaxPathSize: 100}}
			client, url := http2(t, adapt(t, &opts).Wrap(ac.handler))
			r, err := http.NewRequest(ac.method, url+"/it"+ac.request, strings.NewReader(ac.body))
			require.NoError(t, err)
			if resp, err := client.Do(r); err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
			l.until(t, "the request", func() bool { return len(l.requests) == 1 })
			l.settled(t)
			ac.check(t, l)
			assert.Empty(t, l.conns)
		})
	}
}

// TestObserverOverRecorder: a test that records is seen as well.
func TestObserverOverRecorder(t *testing.T) {
	for _, ac := range accounts() {
		if ac.raw {
			continue
		}
		t.Run(ac.name, func(t *testing.T) {
			t.Parallel()
			l := newLedger()
			opts := adapter.Options{Observer: l, Request: stream.RequestConfig{MaxPathSize: 100}}
			method := ac.method
			if method == "" {
				method = "GET"
			}
			h := adapt(t, &opts).Wrap(ac.handler)
			func() {
				defer func() { _ = recover() }()
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, "/it"+ac.request, strings.NewReader(ac.body)))
			}()
			l.settled(t)
			ac.check(t, l)
		})
	}
}

// TestObserverCountsBytes: exactly what the client has sent and got, whatever sends it.
func TestObserverCountsBytes(t *testing.T) {
	for _, ac := range accounts() {
		for _, tcp := range []bool{false, true} {
			t.Run(fmt.Sprint(ac.name, "/TCP ", tcp), func(t *testing.T) {
				t.Parallel()
				l := newLedger()
				h := http.NewServeMux()
				h.Handle("/", text("before"))
				h.Handle("/it", ac.handler)
				opts := adapter.Options{Observer: l, Request: stream.RequestConfig{MaxPathSize: 100}}
				s := serveOver(t, mount{mode: adapter.Eager, own: true}.with(t, h, opts), nil, &streamtest.Options{TCP: tcp})
				conn := &countedConn{Conn: s.Dial().Conn()}
				p := streamtest.NewClient(t, conn, nil)
				for range 2 {
					p.Get("/before")
				}
				ac.send(p)
				p.CloseWrite()
				_, _ = p.Rest()
				p.Close()
				l.settled(t)
				l.mu.Lock()
				defer l.mu.Unlock()
				require.Len(t, l.conns, 1)
				got := l.conns[0]
				if ac.name == "hijack" { // the rest is the handler's
					assert.Positive(t, got.BytesOut)
					return
				}
				assert.Equal(t, conn.in.Load(), got.BytesOut, "bytes out")
				if got.Reason != stream.ClosedRefused { // behind which nobody counts
					assert.Equal(t, conn.out.Load(), got.BytesIn, "bytes in")
				}
			})
		}
	}
}

// A countedConn counts what goes through it.
type countedConn struct {
	net.Conn
	in, out atomic.Int64
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.in.Add(int64(n))
	return n, err
}

func (c *countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.out.Add(int64(n))
	return n, err
}

// CloseWrite ends what the client sends.
func (c *countedConn) CloseWrite() error {
	return c.Conn.(interface{ CloseWrite() error }).CloseWrite()
}

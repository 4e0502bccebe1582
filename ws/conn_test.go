package ws_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSubprotocols: the server's order decides, and nothing is agreed on otherwise.
func TestSubprotocols(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		server        []string
		client, agree string
	}{
		{nil, "chat", ""},
		{[]string{"chat"}, "", ""},
		{[]string{"chat"}, "superchat", ""},
		{[]string{"chat"}, "superchat, chat", "chat"},
		{[]string{"b", "a"}, "a, b", "b"},
		{[]string{"a\r\nX: y"}, "a", ""},
	} {
		got := make(chan string, 1)
		s := serve(t, accepting(&ws.Options{Subprotocols: row.server}, func(c *ws.Conn) { got <- c.Subprotocol() }))
		lines := ""
		if row.client != "" {
			lines = "Sec-WebSocket-Protocol: " + row.client + "\r\n"
		}
		p := connect(t, s)
		resp := p.send(upgrade("/ws", lines)).switched()
		assert.Equal(t, row.agree, resp.Header.Get("Sec-WebSocket-Protocol"))
		assert.Equal(t, row.agree, receive(t, got, "the hook"))
		p.send(bye(1000, "")).closes(1000)
	}
}

// TestStagedFields: the 101 carries what hooks and middleware have staged, but for what
// belongs to another response; a line break in a value never gets onto the wire.
func TestStagedFields(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		c.around = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Outer", "1")
				next.ServeHTTP(w, r)
			})
		}
		s := c.serve(t, hooks.Chain{hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
			h := c.Response().Header
			h.Set("Set-Cookie", "a=b")
			h.Set("X-Bad", "a\r\nX-Evil: 1")
			h["X-Evil\r\nName"] = []string{"1"}
			for _, name := range []string{"Content-Type", "Content-Length", "Transfer-Encoding", "Upgrade", "Connection", "Sec-Websocket-Protocol", "sec-websocket-extensions"} {
				h[name] = []string{"7"}
			}
			return hooks.Continue
		}), ws.Hook(echo, nil)}, adapter.Options{})
		p := connect(t, s)
		resp := p.send(upgrade("/ws", "")).switched()
		assert.Equal(t, http.Header{
			"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Accept": {"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
			"Set-Cookie": {"a=b"}, "X-Outer": {"1"}, "X-Bad": {"a  X-Evil: 1"},
		}, resp.Header, c.name)
		p.send(bye(1000, "")).closes(1000)
	}
}

// TestReaders: several goroutines read from one Conn; each message goes to one of them.
func TestReaders(t *testing.T) {
	t.Parallel()
	const readers, total = 8, 2000
	seen := make(chan string, total)
	s := serve(t, accepting(nil, func(c *ws.Conn) {
		var all sync.WaitGroup
		for i := range readers {
			all.Go(func() {
				for {
					if i%2 == 0 {
						_, p, err := c.ReadMessage()
						if err != nil {
							return
						}
						seen <- string(p)
						continue
					}
					// Whoever reads piece by piece may find that another has gone on.
					_, r, err := c.NextReader()
					if err != nil {
						return
					}
					p, err := io.ReadAll(r)
					if err == nil && len(p) == 4 {
						seen <- string(p)
					} else {
						seen <- ""
					}
				}
			})
		}
		all.Wait()
		close(seen)
	}))
	p := dial(t, s, "", "")
	for n := range total {
		p.send(text(fmt.Sprintf("%04d", n)))
	}
	p.send(bye(1000, "")).closes(1000)
	got := map[string]int{}
	n := 0
	for m := range seen {
		n++
		got[m]++
	}
	assert.Equal(t, total, n)
	for m, times := range got {
		if m != "" {
			assert.Equal(t, 1, times, m)
		}
	}
}

// TestReading: messages piece by piece, as JSON, and in part.
func TestReading(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 100_000)
	s := serve(t, accepting(&ws.Options{ReadLimit: -1}, func(c *ws.Conn) {
		kind, r, err := c.NextReader()
		require.NoError(t, err)
		assert.Equal(t, ws.TextMessage, kind)
		p, err := io.ReadAll(r)
		assert.NoError(t, err)
		assert.Equal(t, "abc", string(p))
		_, err = r.Read(make([]byte, 1))
		assert.Equal(t, io.EOF, err)

		_, skipped, err := c.NextReader()
		assert.NoError(t, err)
		_, err = io.ReadFull(skipped, make([]byte, 2))
		assert.NoError(t, err)
		var v struct{ A int }
		assert.NoError(t, c.ReadJSON(&v))
		assert.Equal(t, 1, v.A)
		_, err = skipped.Read(make([]byte, 1))
		assert.Equal(t, io.EOF, err, "it is the next message's turn")

		assert.Error(t, c.ReadJSON(&v))
		_, p, err = c.ReadMessage()
		assert.NoError(t, err)
		assert.Equal(t, long, string(p))
		_, p, err = c.ReadMessage()
		assert.NoError(t, err)
		assert.NotNil(t, p)
		assert.Empty(t, p)

		c.SetReadLimit(3)
		_, _, err = c.ReadMessage()
		assert.ErrorIs(t, err, ws.ErrReadLimit)
		var closed *ws.CloseError
		assert.ErrorAs(t, err, &closed)
		assert.Equal(t, 1009, closed.Code)
		_, _, again := c.ReadMessage()
		assert.Equal(t, err, again)
		for range 2000 { // gorilla's would panic
			_, _, _ = c.NextReader()
		}
	}))
	p := dial(t, s, "", masked(0x01, "a")+masked(0x80, "bc")+masked(0x02, "skip")+masked(0x80, "ped"))
	p.send(text(`{"A":1}`) + text(`{"A":1}{`) + text(long) + masked(0x82, "") + text("four"))
	p.closes(1009)
}

// TestHandlers: control frames go to the application where it asks for them.
func TestHandlers(t *testing.T) {
	t.Parallel()
	told := make(chan string, 10)
	stop := errors.New("stop")
	s := serve(t, accepting(nil, func(c *ws.Conn) {
		c.SetPingHandler(func(data string) error { told <- "ping " + data; return nil })
		c.SetPongHandler(func(data string) error { told <- "pong " + data; return nil })
		c.SetCloseHandler(func(code int, text string) error {
			told <- fmt.Sprint("close ", code, text)
			return c.CloseWith(4001, "mine")
		})
		for {
			kind, p, err := c.ReadMessage()
			if err != nil {
				told <- err.Error()
				return
			}
			if string(p) == "default" {
				c.SetPingHandler(nil)
			}
			if string(p) == "fail" {
				c.SetPongHandler(func(string) error { return stop })
			}
			_ = c.WriteMessage(kind, p)
		}
	}))
	p := dial(t, s, "", masked(0x89, "1")+masked(0x8a, "2")+text("default")+masked(0x89, "3"))
	assert.Equal(t, seen{0x81, "default"}, p.want())
	assert.Equal(t, seen{0x8a, "3"}, p.want())
	assert.Equal(t, "ping 1", <-told)
	assert.Equal(t, "pong 2", <-told)
	f := p.send(bye(1000, " why")).want()
	assert.Equal(t, 4001, f.code())
	assert.Equal(t, "close 1000 why", <-told)
	assert.Equal(t, "websocket: close 1000 (normal):  why", <-told)
	p.ended()

	p = dial(t, s, "", text("fail")+masked(0x8a, ""))
	assert.Equal(t, seen{0x81, "fail"}, p.want())
	assert.Equal(t, "stop", receive(t, told, "the error"))
	assert.Equal(t, 1000, p.want().code())
	p.send(bye(1000, "")).ended()
}

// TestOneAfterTheOther: a connection serves two requests, a stream that ends, another
// request and then a WebSocket, without reconnecting.
func TestOneAfterTheOther(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		hook := ws.Hook(echo, nil)
		s := c.serve(t, hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
			if ws.IsUpgrade(c.Request()) {
				return hook.Handle(s, c)
			}
			resp := c.Response()
			resp.Header.Set("Content-Type", "text/event-stream")
			resp.Header.Set("Transfer-Encoding", "chunked")
			_ = s.Send(resp.Build())
			for range 3 {
				_ = s.Send([]byte("9\r\ndata: x\n\n\r\n"))
			}
			_ = s.Send([]byte("0\r\n\r\n"))
			return hooks.Continue
		}), adapter.Options{})
		p := connect(t, s)
		p.get()
		p.get()
		resp := p.send("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n").answer()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, "data: x\n\ndata: x\n\ndata: x\n\n", string(body))
		p.get()
		p.send(upgrade("/ws", "") + text("a")).switched()
		assert.Equal(t, seen{0x81, "a"}, p.want())
		p.send(bye(1000, "")).closes(1000)
	}
}

// TestGorillaClient: gorilla's client and this server understand each other, with
// deadlines and long messages.
func TestGorillaClient(t *testing.T) {
	t.Parallel()
	s := serve(t, ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
		if err := c.SetWriteDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		return c.WriteMessage(messageType, p)
	}, nil))
	conn := gorilla(t, s, &websocket.Dialer{WriteBufferSize: 100}) // fragments
	for _, n := range []int{0, 1, 99, 100, 125, 126, 1000, 65535, 65536, 1 << 20} {
		want := strings.Repeat("é", n/2)
		require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte(want)))
		_, p, err := conn.ReadMessage()
		require.NoError(t, err)
		require.Equal(t, want, string(p))
	}
}

package ws_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A verdict is the error of an Accept, or nil.
type verdict struct{ err error }

// judge is a hook that accepts and says what came of it.
func judge(opts *ws.Options) (hooks.ServerHook, <-chan verdict) {
	said := make(chan verdict, 1)
	return hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		conn, err := ws.Accept(s, c, opts)
		said <- verdict{err}
		if err != nil {
			return hooks.Reject
		}
		_, _, _ = conn.ReadMessage()
		return hooks.Continue
	}), said
}

const shakes = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

// TestRefusals: each bad handshake gets its status, and the connection goes on.
func TestRefusals(t *testing.T) {
	t.Parallel()
	without := func(line string) string { return strings.Replace(shakes, line+"\r\n", "", 1) }
	for _, row := range []struct {
		name, method, version, lines string
		opts                         *ws.Options
		status                       int // 101: none
		header                       http.Header
	}{
		{name: "good", lines: shakes, status: 101},
		{name: "a page", lines: "", status: 400},
		{name: "no Upgrade", lines: without("Upgrade: websocket"), status: 400},
		{name: "no Connection", lines: without("Connection: Upgrade"), status: 400},
		{name: "another protocol", lines: strings.Replace(shakes, ": websocket", ": h2c", 1), status: 400},
		{name: "no key", lines: without("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), status: 400},
		{name: "short key", lines: strings.Replace(shakes, "dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=", 1), status: 400},
		{name: "two keys", lines: shakes + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", status: 400},
		{name: "with a body", lines: shakes + "Content-Length: 5\r\n", status: 400},
		{name: "POST", method: "POST", lines: shakes + "Content-Length: 0\r\n", status: 405, header: http.Header{"Allow": {"GET"}}},
		{name: "HEAD", method: "HEAD", lines: shakes, status: 405},
		{name: "version 8", lines: strings.Replace(shakes, ": 13", ": 8", 1), status: 426, header: http.Header{"Upgrade": {"websocket"}}},
		{name: "no version", lines: without("Sec-WebSocket-Version: 13"), status: 426},
		{name: "version among others", lines: strings.Replace(shakes, ": 13", ": 8, 13", 1), status: 101},
		{name: "HTTP/1.0", version: "1.0", lines: shakes, status: 426},
		{name: "Connection is a list", lines: strings.Replace(shakes, ": Upgrade", ": keep-alive, upgrade", 1), status: 101},

		{name: "own origin", lines: shakes + "Origin: http://a\r\n", status: 101},
		{name: "own origin in capitals", lines: shakes + "Origin: http://A\r\n", status: 101},
		{name: "evil origin", lines: shakes + "Origin: https://evil.example\r\n", status: 403},
		{name: "null origin", lines: shakes + "Origin: null\r\n", status: 403},
		{name: "own name as a prefix", lines: shakes + "Origin: http://a.evil.example\r\n", status: 403},
		{name: "origin allowed", opts: &ws.Options{Origins: []string{"*.good.example"}}, lines: shakes + "Origin: https://www.GOOD.example\r\n", status: 101},
		{name: "own origin among others", opts: &ws.Options{Origins: []string{"*.good.example"}}, lines: shakes + "Origin: https://a\r\n", status: 101},
		{name: "no origin among others", opts: &ws.Options{Origins: []string{"*.good.example"}}, lines: shakes, status: 101},
		{name: "origin not allowed", opts: &ws.Options{Origins: []string{"*.good.example"}}, lines: shakes + "Origin: https://good.example.evil\r\n", status: 403},
		{name: "scheme not allowed", opts: &ws.Options{Origins: []string{"https://good.example"}}, lines: shakes + "Origin: http://good.example\r\n", status: 403},
		{name: "scheme allowed", opts: &ws.Options{Origins: []string{"https://good.example"}}, lines: shakes + "Origin: https://good.example\r\n", status: 101},
		{name: "two origins", opts: &ws.Options{Origins: []string{"good.example"}}, lines: shakes + "Origin: http://good.example\r\nOrigin: http://evil\r\n", status: 403},
		{name: "any origin", opts: &ws.Options{CheckOrigin: func(*http.Request) bool { return true }}, lines: shakes + "Origin: https://evil.example\r\n", status: 101},
	} {
		for _, c := range carriers() {
			t.Run(row.name+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				h, said := judge(row.opts)
				s := c.serve(t, h, adapter.Options{})
				method, version := "GET", "1.1"
				if row.method != "" {
					method = row.method
				}
				if row.version != "" {
					version = row.version
				}
				p := connect(t, s)
				p.send(method + " /ws HTTP/" + version + "\r\nHost: a\r\n" + row.lines + "\r\n")
				if strings.Contains(row.lines, "Content-Length: 5") {
					p.send("hello")
				}
				resp, err := http.ReadResponse(p.br, &http.Request{Method: method})
				require.NoError(t, err)
				err = receive(t, said, "a verdict").err
				assert.Equal(t, row.status, resp.StatusCode)
				if row.status == http.StatusSwitchingProtocols {
					require.NoError(t, err)
					p.send(bye(1000, "")).closes(1000)
					return
				}
				var refused *ws.HandshakeError
				require.ErrorAs(t, err, &refused)
				assert.Equal(t, row.status, refused.Status)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				if method != "HEAD" {
					assert.Equal(t, http.StatusText(row.status)+"\n", string(body))
				}
				assert.Equal(t, "13", resp.Header.Get("Sec-WebSocket-Version"))
				for name := range row.header {
					assert.Equal(t, row.header[name], resp.Header[name])
				}
				if version == "1.1" {
					p.get() // as on any connection
				}
			})
		}
	}
}

// TestNotRaw: where there is no connection to upgrade, the client learns it.
func TestNotRaw(t *testing.T) {
	t.Parallel()
	const sorry = "WebSocket needs a connection of its own, over HTTP/1.1.\n"
	handshake := func(url string) *http.Request {
		r := httptest.NewRequest("GET", url, nil)
		r.Header = http.Header{
			"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
			"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
		}
		return r
	}
	t.Run("recorder", func(t *testing.T) {
		h, said := judge(nil)
		rec := httptest.NewRecorder()
		adapter.Handler(h).ServeHTTP(rec, handshake("/ws"))
		assert.ErrorIs(t, receive(t, said, "a verdict").err, stream.ErrNotRaw)
		assert.Equal(t, http.StatusNotImplemented, rec.Code)
		assert.Equal(t, sorry, rec.Body.String())
	})
	hiding := map[string]func(http.Handler) http.Handler{
		"TimeoutHandler": func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "late") },
		"Never": func(h http.Handler) http.Handler {
			return adapter.New(&adapter.Options{Takeover: adapter.Never}).Wrap(h)
		},
	}
	for name, around := range hiding {
		t.Run(name, func(t *testing.T) {
			h, said := judge(nil)
			c := carrier{bare: true}
			s := c.serve(t, h, adapter.Options{})
			srv := httptest.NewServer(around(c.router(h)))
			t.Cleanup(srv.Close)
			s.addr = srv.Listener.Addr().String()
			p := connect(t, s)
			resp := p.send(upgrade("/ws", "")).answer()
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.ErrorIs(t, receive(t, said, "a verdict").err, stream.ErrNotRaw)
			assert.Equal(t, http.StatusNotImplemented, resp.StatusCode)
			assert.Equal(t, sorry, string(body))
			p.get()
		})
	}
	t.Run("HTTP/2", func(t *testing.T) {
		h, said := judge(nil)
		srv := httptest.NewUnstartedServer(adapter.Handler(h))
		srv.EnableHTTP2 = true
		srv.StartTLS()
		t.Cleanup(srv.Close)
		resp, err := srv.Client().Get(srv.URL + "/ws")
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, 2, resp.ProtoMajor)
		assert.Equal(t, http.StatusHTTPVersionNotSupported, resp.StatusCode)
		assert.Equal(t, sorry, string(body))
		var refused *ws.HandshakeError
		assert.True(t, errors.As(receive(t, said, "a verdict").err, &refused))
		assert.Equal(t, http.StatusHTTPVersionNotSupported, refused.Status)
	})
	t.Run("extended CONNECT", func(t *testing.T) {
		h, _ := judge(nil)
		r := handshake("/ws")
		r.Method, r.Proto, r.ProtoMajor, r.ProtoMinor = http.MethodConnect, "HTTP/2.0", 2, 0
		rec := httptest.NewRecorder()
		adapter.Handler(h).ServeHTTP(rec, r)
		assert.Equal(t, http.StatusNotImplemented, rec.Code)
		assert.Equal(t, sorry, rec.Body.String())
	})
}

// TestShuttingDown: a handshake that comes when a shutdown has begun is told that it is too
// late here, and not that "WebSocket needs a connection of its own".
func TestShuttingDown(t *testing.T) {
	t.Parallel()
	for _, c := range carriers()[1:] { // where there is an Adapter to shut down
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			stop := make(chan func(context.Context) error, 1)
			stopped, said := make(chan error, 1), make(chan error, 1)
			h := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
				shutdown := <-stop
				go func() { stopped <- shutdown(context.Background()) }()
				for s.KeepAlive(true) {
					runtime.Gosched()
				}
				_, err := ws.Accept(s, c, nil)
				said <- err
				return hooks.Reject
			})
			s := c.serve(t, h, adapter.Options{})
			stop <- s.stop
			resp := connect(t, s).send(upgrade("/ws", "")).answer()
			err := receive(t, said, "a verdict")
			assert.ErrorIs(t, err, stream.ErrShutdown)
			assert.ErrorIs(t, err, stream.ErrNotRaw)
			assert.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
			assert.Equal(t, c.mode == adapter.Eager, resp.Close, "a connection that net/http still has is net/http's to end")
			assert.NoError(t, receive(t, stopped, "the end"))
		})
	}
}

// TestTLS: a WebSocket over TLS, whose connection cannot be waited for without a buffer.
func TestTLS(t *testing.T) {
	t.Parallel()
	for _, detach := range []bool{false, true} {
		a := adapter.New(nil)
		c := carrier{}
		srv := httptest.NewUnstartedServer(a.Wrap(c.router(ws.Hook(echo, &ws.Options{Detach: detach}))))
		srv.StartTLS()
		t.Cleanup(srv.Close)
		conn, err := tls.Dial("tcp", srv.Listener.Addr().String(), srv.Client().Transport.(*http.Transport).TLSClientConfig)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
		p := over(t, conn)
		p.get()
		p.send(upgrade("/ws", "") + text("early")).switched()
		assert.Equal(t, seen{0x81, "early"}, p.want())
		for range 3 {
			assert.Equal(t, seen{0x81, "a"}, p.send(text("a")).want())
		}
		p.send(bye(1000, "")).closes(1000)
	}
}

func TestIsUpgrade(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/", nil)
	assert.False(t, ws.IsUpgrade(r))
	r.Header = http.Header{"Connection": {"keep-alive, Upgrade"}, "Upgrade": {"WebSocket"}}
	assert.True(t, ws.IsUpgrade(r))
	r.ProtoMinor = 0
	assert.False(t, ws.IsUpgrade(r), "HTTP/1.0 has no Upgrade")
	r.ProtoMajor = 2
	assert.False(t, ws.IsUpgrade(r))
}

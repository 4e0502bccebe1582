package compat_test

import (
	"net/http"
	"testing"

	"github.com/gorilla/websocket"

	chimw "github.com/go-chi/chi/v5/middleware"
)

// handshake asks for a WebSocket, with a key whose answer is known.
var handshake = message{
	target: "/ws",
	header: []string{
		"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: chat, other",
	},
}

// frame is a masked frame of up to 125 bytes. The mask is zero, which is a
// mask all the same.
func frame(opcode byte, payload string) string {
	return string([]byte{0x80 | opcode, 0x80 | byte(len(payload)), 0, 0, 0, 0}) + payload
}

// websocketCases put gorilla's Upgrader on the writer.
func websocketCases() []handlerCase {
	upgrader := &websocket.Upgrader{Subprotocols: []string{"chat"}}
	echo := func(n *notes, w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, http.Header{"X-Extra": {"1"}})
		if err != nil {
			n.err("upgrade", err)
			return
		}
		defer conn.Close()
		n.add("subprotocol %q, remote %t", conn.Subprotocol(), conn.RemoteAddr().String() == r.RemoteAddr)
		for {
			kind, p, err := conn.ReadMessage()
			if err != nil {
				n.add("read: closed normally %t", websocket.IsCloseError(err, websocket.CloseNormalClosure))
				return
			}
			n.add("message %d %q", kind, p)
			n.err("write", conn.WriteMessage(kind, p))
		}
	}
	dialogue := func(c *conversation) {
		c.request(handshake)
		c.answer("GET")
		c.send(frame(websocket.TextMessage, "hello"))
		c.bytes(2 + len("hello"))
		c.send(frame(websocket.BinaryMessage, "again"))
		c.bytes(2 + len("again"))
		c.send(frame(websocket.PingMessage, "ping"))
		c.bytes(2 + len("ping"))
		c.send(frame(websocket.CloseMessage, "\x03\xe8"))
		c.bytes(2 + 2)
		c.rest()
	}
	good := []string{
		"HTTP/1.1 101 Switching Protocols", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
		`subprotocol "chat"`, `message 1 "hello"`, `message 2 "again"`, "closed normally true", "end: closed",
	}
	without := func(field string) message {
		m := handshake
		m.header = nil
		for _, line := range handshake.header {
			if line != field {
				m.header = append(m.header, line)
			}
		}
		return m
	}
	foreign := handshake
	foreign.header = append([]string{"Origin: https://evil.test"}, handshake.header...)
	return []handlerCase{
		{name: "websocket/echo", talk: dialogue, anywhere: true, serve: echo, shows: good},
		{
			name: "websocket/echo below chi",
			talk: dialogue,
			build: func(_ testing.TB, n *notes) http.Handler {
				inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { echo(n, w, r) })
				return chimw.RequestLogger(notedFormat{n})(chimw.Recoverer(chimw.Compress(5)(inner)))
			},
			shows: good,
		},
		{
			name: "websocket/the client speaks too early",
			talk: func(c *conversation) {
				head, _ := handshake.wire()
				c.send(head + frame(websocket.TextMessage, "early"))
				c.answer("GET")
				c.rest()
			},
			serve: echo,
			shows: []string{"client sent data before handshake is complete", "no reply"},
		},
		{
			name: "websocket/the client hangs up",
			talk: func(c *conversation) {
				c.request(handshake)
				c.answer("GET")
				c.hangUp()
			},
			serve: echo,
			shows: []string{"HTTP/1.1 101 Switching Protocols", "closed normally false"},
		},
		{
			name: "websocket/no key", request: without("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
			serve: echo, http1: true,
			shows: []string{"HTTP/1.1 400 Bad Request", "-- probe"},
		},
		{
			name: "websocket/no version", request: without("Sec-WebSocket-Version: 13"),
			serve: echo, http1: true,
			shows: []string{"HTTP/1.1 400 Bad Request", "Sec-Websocket-Version: 13"},
		},
		{
			name: "websocket/foreign origin", request: foreign,
			serve: echo, http1: true,
			shows: []string{"HTTP/1.1 403 Forbidden", "-- probe"},
		},
		{
			name: "websocket/plain request", request: message{target: "/ws"},
			serve: echo,
			shows: []string{"HTTP/1.1 400 Bad Request", "-- probe"},
		},
	}
}

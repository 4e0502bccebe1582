package ws_test

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deflated is payload as a client compresses it (RFC 7692, section 7.2.1).
func deflated(payload string) string {
	var buf bytes.Buffer
	w, _ := flate.NewWriter(&buf, flate.BestCompression)
	_, _ = io.WriteString(w, payload)
	_ = w.Flush()
	return strings.TrimSuffix(buf.String(), "\x00\x00\xff\xff")
}

// An inflater puts a server's frames together.
type inflater struct {
	t          *testing.T
	message    strings.Builder
	compressed bool
}

// add returns a message when f completes it.
func (in *inflater) add(f seen) (string, bool) {
	in.t.Helper()
	if f.op() != 0 {
		in.compressed = f.first&0x40 != 0
		in.message.Reset()
	} else {
		require.Zero(in.t, f.first&0x40, "RSV1 of a continuation")
	}
	in.message.WriteString(f.payload)
	if f.first&0x80 == 0 {
		return "", false
	}
	if !in.compressed {
		return in.message.String(), true
	}
	r := flate.NewReader(strings.NewReader(in.message.String() + "\x00\x00\xff\xff\x01\x00\x00\xff\xff"))
	p, err := io.ReadAll(r)
	require.NoError(in.t, err)
	return string(p), true
}

const offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n"

// TestDeflate: what RFC 7692 says, on top of TestProtocol.
func TestDeflate(t *testing.T) {
	t.Parallel()
	plainly := func(c *ws.Conn, messageType int, p []byte) error {
		c.EnableWriteCompression(false)
		return c.WriteMessage(messageType, p)
	}
	s := serve(t, ws.Hook(plainly, &ws.Options{Compression: true, ReadLimit: limit}))
	detached := serve(t, ws.Hook(plainly, &ws.Options{Compression: true, ReadLimit: limit, Detach: true}))
	long := strings.Repeat("x", limit)
	z := deflated("hello, hello")
	var empty bytes.Buffer
	for range 1000 {
		empty.WriteString("\x00\x00\x00\xff\xff") // stored blocks of nothing
	}
	rows := []conversation{
		{"compressed", masked(0xc1, z), []seen{{0x81, "hello, hello"}}, 0},
		{"not compressed", text("a"), []seen{{0x81, "a"}}, 0},
		{"empty", masked(0xc1, deflated("")), []seen{{0x81, ""}}, 0},
		{"nothing at all", masked(0xc2, ""), nil, 1007},
		{"fragments", masked(0x41, z[:3]) + masked(0x00, z[3:5]) + masked(0x80, z[5:]), []seen{{0x81, "hello, hello"}}, 0},
		{"ping within", masked(0x41, z[:3]) + masked(0x89, "p") + masked(0x80, z[3:]), []seen{{0x8a, "p"}, {0x81, "hello, hello"}}, 0},
		{"one after the other", masked(0xc1, z) + masked(0xc1, z) + text("a"), []seen{{0x81, "hello, hello"}, {0x81, "hello, hello"}, {0x81, "a"}}, 0},
		{"final block", masked(0xc1, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00") + text("a"), []seen{{0x81, "Hello"}, {0x81, "a"}}, 0},
		{"data behind the final block", masked(0x41, "\xf3\x48\xcd\xc9\xc9\x07\x00") + masked(0x00, "rubbish") + masked(0x80, "more") + text("a"), []seen{{0x81, "Hello"}, {0x81, "a"}}, 0},
		{"exactly the limit", masked(0xc2, deflated(long)), []seen{{0x82, long}}, 0},
		{"a byte more", masked(0xc2, deflated(long+"x")), nil, 1009},
		{"bomb", masked(0xc2, deflated(strings.Repeat("x", 1<<24))[:2000]), nil, 1009},
		{"blocks of nothing", masked(0xc2, empty.String()), nil, 1009},
		{"RSV1 of a continuation", masked(0x41, z[:3]) + masked(0xc0, z[3:]), nil, 1002},
		{"RSV1 of a ping", masked(0xc9, ""), nil, 1002},
		{"RSV1 of a close", masked(0xc8, "\x03\xe8"), nil, 1002},
		{"RSV2", masked(0xa1, z), nil, 1002},
		{"not UTF-8", masked(0xc1, deflated("a\xff")), nil, 1007},
		{"not UTF-8, but binary", masked(0xc2, deflated("a\xff")), []seen{{0x82, "a\xff"}}, 0},
		{"reserved block type", masked(0xc1, "\xff\xff\xff"), nil, 1007},
		{"cut short", masked(0xc1, z[:len(z)-4]), nil, 1007},
		{"close within", masked(0x41, z[:3]) + bye(1000, ""), nil, 1000},
	}
	for _, row := range rows {
		row.over(t, "whole", s, len(row.says), offer)
		row.over(t, "by the byte", s, 1, offer)
		row.over(t, "detached", detached, len(row.says), offer)
		row.over(t, "detached, by seven", detached, 7, offer)
	}
}

// TestDeflateOffers: an offer is only accepted as far as it can be kept.
func TestDeflateOffers(t *testing.T) {
	t.Parallel()
	const yes = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	on := serve(t, ws.Hook(echo, &ws.Options{Compression: true}))
	off := serve(t, ws.Hook(echo, nil))
	for _, row := range []struct{ offer, want string }{
		{"permessage-deflate", yes},
		{"permessage-deflate; client_max_window_bits", yes},
		{`permessage-deflate; client_max_window_bits="12"; server_no_context_takeover`, yes},
		{"x-other, permessage-deflate; client_no_context_takeover", yes},
		{"permessage-deflate; server_max_window_bits=10, permessage-deflate", yes},
		{"permessage-deflate; server_max_window_bits=10", ""},
		{"permessage-deflate; client_max_window_bits=7", ""},
		{"permessage-deflate; server_no_context_takeover=1", ""},
		{"permessage-deflate; server_no_context_takeover; server_no_context_takeover", ""},
		{"permessage-deflate; unknown", ""},
		{"permessage-bzip2", ""},
		{"", ""},
		// gorilla does not take these for the extension, and "what is sent was compressed all the same"
		{"PerMessage-Deflate", ""},
		{`x-other; about="a, permessage-deflate, b"`, ""},
	} {
		p := connect(t, on)
		resp := p.send(upgrade("/ws", "Sec-WebSocket-Extensions: "+row.offer+"\r\n")).switched()
		assert.Equal(t, row.want, resp.Header.Get("Sec-WebSocket-Extensions"), row.offer)
		assert.Equal(t, row.want != "", p.send(text("a")).want().first&0x40 != 0, row.offer)
		p = connect(t, off)
		resp = p.send(upgrade("/ws", "Sec-WebSocket-Extensions: "+row.offer+"\r\n")).switched()
		assert.Empty(t, resp.Header.Get("Sec-WebSocket-Extensions"))
	}
}

// TestDeflateBothWays: gorilla's client understands what is sent, at every level.
func TestDeflateBothWays(t *testing.T) {
	t.Parallel()
	for level := -2; level <= 9; level++ {
		s := eager().serve(t, ws.Hook(echo, &ws.Options{Compression: true, CompressionLevel: level}), adapter.Options{})
		conn := gorilla(t, s, &websocket.Dialer{EnableCompression: true})
		for n := range 20 {
			want := strings.Repeat(fmt.Sprint("message ", n, " "), n*n*20)
			require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte(want)))
			_, p, err := conn.ReadMessage()
			require.NoError(t, err)
			require.Equal(t, want, string(p))
		}
		require.NoError(t, conn.WriteControl(websocket.CloseMessage, nil, time.Now().Add(patience)))
		_, _, err := conn.ReadMessage()
		require.Error(t, err)
	}
}

// TestPrepared: a message is prepared once for clients with and without compression.
func TestPrepared(t *testing.T) {
	t.Parallel()
	want := strings.Repeat("prepared ", 1000)
	data := []byte(want)
	m, err := ws.NewPreparedMessage(ws.TextMessage, data)
	require.NoError(t, err)
	clear(data)
	s := serve(t, accepting(&ws.Options{Compression: true}, func(c *ws.Conn) {
		assert.NoError(t, c.WritePreparedMessage(m))
		assert.NoError(t, c.TryWritePrepared(m))
		_, _, _ = c.ReadMessage()
	}))
	for _, compress := range []bool{false, true, false, true} {
		conn := gorilla(t, s, &websocket.Dialer{EnableCompression: compress})
		for range 2 {
			_, p, err := conn.ReadMessage()
			require.NoError(t, err)
			assert.Equal(t, want, string(p))
		}
		require.NoError(t, conn.WriteControl(websocket.CloseMessage, nil, time.Now().Add(patience)))
		_, _, err := conn.ReadMessage()
		require.Error(t, err)
	}
}

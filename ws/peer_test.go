package ws_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// A peer is a client that says exactly what the test wants.
type peer struct {
	t    *testing.T
	conn net.Conn
	br   *bufio.Reader
}

// connect connects to s without a handshake.
func connect(t *testing.T, s *service) *peer {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	return over(t, conn)
}

func over(t *testing.T, conn net.Conn) *peer { return &peer{t, conn, bufio.NewReader(conn)} }

// upgrade is a handshake, with further lines of header.
func upgrade(path, lines string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + lines + "\r\n"
}

// dial connects to s by a handshake, behind which it sends early at once.
func dial(t *testing.T, s *service, lines, early string) *peer {
	t.Helper()
	p := connect(t, s)
	p.send(upgrade("/ws", lines) + early).switched()
	return p
}

func (p *peer) send(text string) *peer {
	p.t.Helper()
	_, err := io.WriteString(p.conn, text)
	require.NoError(p.t, err)
	return p
}

// answer reads a response.
func (p *peer) answer() *http.Response {
	p.t.Helper()
	resp, err := http.ReadResponse(p.br, nil)
	require.NoError(p.t, err)
	return resp
}

// switched reads the 101.
func (p *peer) switched() *http.Response {
	p.t.Helper()
	resp := p.answer()
	require.Equal(p.t, http.StatusSwitchingProtocols, resp.StatusCode)
	require.Equal(p.t, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", resp.Header.Get("Sec-WebSocket-Accept"))
	return resp
}

// get asks for a plain page.
func (p *peer) get() {
	p.t.Helper()
	resp := p.send("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n").answer()
	body, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	require.Equal(p.t, "plain", string(body))
}

// A seen frame is one that a client has read.
type seen struct {
	first   byte // FIN, reserved bits and opcode
	payload string
}

func (f seen) op() int { return int(f.first & 0x0f) }

// code returns the code of a close frame, 1005 without.
func (f seen) code() int {
	if len(f.payload) < 2 {
		return websocket.CloseNoStatusReceived
	}
	return int(binary.BigEndian.Uint16([]byte(f.payload)))
}

// read reads a frame and checks what any server's frame must be.
func (p *peer) read() (seen, error) {
	var head [2]byte
	if _, err := io.ReadFull(p.br, head[:]); err != nil {
		return seen{}, err
	}
	f := seen{first: head[0]}
	n := uint64(head[1] & 0x7f)
	switch {
	case head[1]&0x80 != 0:
		return f, errors.New("masked by the server")
	case f.op() > 2 && f.op() < 8 || f.op() > 10 || f.first&0x30 != 0:
		return f, fmt.Errorf("first byte %#x", f.first)
	case f.op() >= 8 && (n > 125 || f.first&0x80 == 0):
		return f, errors.New("control frame that is none")
	}
	if n >= 126 {
		ext := make([]byte, map[uint64]int{126: 2, 127: 8}[n])
		if _, err := io.ReadFull(p.br, ext); err != nil {
			return f, err
		}
		n = 0
		for _, b := range ext {
			n = n<<8 | uint64(b)
		}
	}
	payload := make([]byte, n)
	_, err := io.ReadFull(p.br, payload)
	f.payload = string(payload)
	return f, err
}

func (p *peer) want() seen {
	p.t.Helper()
	f, err := p.read()
	require.NoError(p.t, err)
	return f
}

// closes reads until a close frame, requires its code and then the end.
func (p *peer) closes(code int) seen {
	p.t.Helper()
	for {
		f := p.want()
		if f.op() != websocket.CloseMessage {
			continue
		}
		require.Equal(p.t, code, f.code(), "%q", f.payload)
		p.ended()
		return f
	}
}

// ended requires that the server closes without another byte.
func (p *peer) ended() {
	p.t.Helper()
	rest, err := io.ReadAll(p.br)
	var timeout net.Error
	require.False(p.t, errors.As(err, &timeout) && timeout.Timeout(), "the connection is still open")
	require.Empty(p.t, string(rest))
}

// mask is what this client masks with.
const mask = "\x11\x22\x33\x44"

// masked returns a client's frame with this first byte.
func masked(first byte, payload string) string {
	return head(first, uint64(len(payload))) + mask + xor(payload)
}

// head is the beginning of a masked frame, up to the mask.
func head(first byte, n uint64) string {
	switch {
	case n < 126:
		return string([]byte{first, 0x80 | byte(n)})
	case n < 1<<16:
		return string(binary.BigEndian.AppendUint16([]byte{first, 0x80 | 126}, uint16(n)))
	}
	return string(binary.BigEndian.AppendUint64([]byte{first, 0x80 | 127}, n))
}

func xor(payload string) string {
	p := []byte(payload)
	for i := range p {
		p[i] ^= mask[i%4]
	}
	return string(p)
}

// text is a whole text message.
func text(payload string) string { return masked(0x81, payload) }

// bye is a close frame with a code.
func bye(code int, reason string) string {
	return masked(0x88, string(binary.BigEndian.AppendUint16(nil, uint16(code)))+reason)
}

// receive returns what comes from ch in time.
func receive[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		require.FailNow(t, "timed out waiting for "+what)
		panic("unreachable")
	}
}

package streamtest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/streamtest"
)

// handshake is what a WebSocket's request says (RFC 6455, section 4.1).
var handshake = []string{"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}

// echoing sends back the messages of a WebSocket.
func echoing(w http.ResponseWriter, r *http.Request) {
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		kind, p, err := conn.ReadMessage()
		if err != nil || conn.WriteMessage(kind, p) != nil {
			return
		}
	}
}

// Frames of all lengths are as another implementation has them.
func TestFrames(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, opts *streamtest.Options) {
		c := streamtest.Dial(t, http.HandlerFunc(echoing), opts)
		require.Equal(t, http.StatusSwitchingProtocols, c.Get("/", handshake...).StatusCode)
		for _, n := range []int{0, 1, 125, 126, 1<<16 - 1, 1 << 16} {
			f := streamtest.Frame{Final: true, Opcode: websocket.BinaryMessage, Payload: strings.Repeat("p", n)}
			assert.Equal(t, f, c.SendFrame(f).WantFrame(), "%d bytes", n)
		}
		c.SendFrame(streamtest.Frame{Opcode: websocket.TextMessage, Payload: "in "})
		c.SendFrame(streamtest.Frame{Final: true, Opcode: websocket.PingMessage, Payload: "ping"})
		assert.Equal(t, streamtest.Frame{Final: true, Opcode: websocket.PongMessage, Payload: "ping"}, c.WantFrame())
		c.SendFrame(streamtest.Frame{Final: true, Payload: "two"})
		assert.Equal(t, streamtest.Frame{Final: true, Opcode: websocket.TextMessage, Payload: "in two"}, c.WantFrame())
		c.SendFrame(streamtest.Frame{Final: true, Reserved: 4, Opcode: websocket.TextMessage})
		assert.Equal(t, "\x03\xea", c.WantFrame().Payload[:2], "1002: a reserved bit is a protocol error")
	})
}

// The first bytes of frames, as the RFC draws them.
func TestFrameBytes(t *testing.T) {
	t.Parallel()
	hello := streamtest.Frame{Final: true, Opcode: 1, Payload: "Hello"}
	assert.Equal(t, "\x81\x05Hello", hello.Bytes(false))
	assert.Equal(t, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", hello.Bytes(true)) // RFC 6455, section 5.7
	assert.Equal(t, "\x79\x00", streamtest.Frame{Reserved: 7, Opcode: 9}.Bytes(false))
}

// A server's frame must not be masked, nor longer than the client takes.
func TestBadFrames(t *testing.T) {
	t.Parallel()
	for says, bytes := range map[string]string{
		"WantFrame: masked true, 5 bytes":                       streamtest.Frame{Payload: "Hello"}.Bytes(true),
		"WantFrame: masked false, 9223372036854775807 bytes":    "\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff",
		"WantFrame: unexpected EOF after 1 of 2 bytes: \"\\x81": "\x81",
	} {
		wantFailure(t, says, func(t streamtest.TB) {
			client, server := streamtest.Pipe(nil)
			_, _ = server.Write([]byte(bytes))
			_ = server.Close()
			streamtest.NewClient(t, client, nil).WantFrame()
		})
	}
}

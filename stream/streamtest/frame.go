package streamtest

import (
	"encoding/binary"
	"io"
)

// A Frame is a WebSocket frame as it is on the wire (RFC 6455, section 5.2), in order or
// not.
type Frame struct {
	Final    bool
	Reserved byte // the three reserved bits, RSV1 the highest of them
	Opcode   byte // such as 1 for text, 8 for close, 9 for ping
	Payload  string
}

// Lengths that do not fit into seven bits.
const (
	length16 = 126
	length64 = 127
	mostTake = 64 << 20 // bytes of payload that WantFrame takes
)

// maskKey is that of all frames of clients: nothing hides behind it in a test.
var maskKey = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// Bytes returns the frame in bytes, masked as a client must or not as a server must not
// (section 5.3).
func (f Frame) Bytes(masked bool) string {
	p := []byte{f.Reserved<<4&0x70 | f.Opcode&0x0f, 0}
	if f.Final {
		p[0] |= 0x80
	}
	switch n := len(f.Payload); {
	case n < length16:
		p[1] = byte(n)
	case n < 1<<16:
		p[1] = length16
		p = binary.BigEndian.AppendUint16(p, uint16(n))
	default:
		p[1] = length64
		p = binary.BigEndian.AppendUint64(p, uint64(n))
	}
	if !masked {
		return string(p) + f.Payload
	}
	p[1] |= 0x80
	p = append(p, maskKey[:]...)
	for i := range len(f.Payload) {
		p = append(p, f.Payload[i]^maskKey[i%len(maskKey)])
	}
	return string(p)
}

// SendFrame sends f masked, as a client must.
func (c *Client) SendFrame(f Frame) *Client {
	c.t.Helper()
	return c.Send(f.Bytes(true))
}

// WantFrame waits for the next frame and returns it. It requires that the frame is not
// masked and is not longer than 64 MiB.
func (c *Client) WantFrame() Frame {
	c.t.Helper()
	defer c.bound(c.conn.SetReadDeadline)()
	read := func(n uint64) []byte {
		c.t.Helper()
		p := make([]byte, n)
		if got, err := io.ReadFull(c.br, p); err != nil {
			c.t.Fatalf("streamtest.Client.WantFrame: %v after %d of %d bytes: %q", err, got, n, abridged(p[:got]))
		}
		return p
	}
	head := read(2)
	f := Frame{Final: head[0]&0x80 != 0, Reserved: head[0] >> 4 & 7, Opcode: head[0] & 0x0f}
	n := uint64(head[1] & 0x7f)
	switch n {
	case length16:
		n = uint64(binary.BigEndian.Uint16(read(2)))
	case length64:
		n = binary.BigEndian.Uint64(read(8))
	}
	if head[1]&0x80 != 0 || n > mostTake {
		c.t.Fatalf("streamtest.Client.WantFrame: masked %t, %d bytes", head[1]&0x80 != 0, n)
	}
	f.Payload = string(read(n))
	return f
}

package ws

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// A codec is a WebSocket of gorilla's without a connection: it unmasks, reassembles and
// inflates what one Conn reads at a time, or deflates what one sends. Between two messages
// it remembers nothing, so that an idle Conn needs none.
type codec struct {
	g  *websocket.Conn
	in inspector

	c       *Conn   // that is read for
	message message // of c, being read
	out     *[]byte // where gorilla writes to
}

// readBuffer is the size of gorilla's read buffer: enough for a frame of 125 bytes. What
// comes from the network is in a buffer that exists only while there is something.
const readBuffer = 144

// writeBuffers holds the buffers in which gorilla compresses.
var writeBuffers sync.Pool

// codecs holds those that are not in use, without and with deflate.
var codecs [2]sync.Pool

func pool(deflate bool) *sync.Pool {
	if deflate {
		return &codecs[1]
	}
	return &codecs[0]
}

// borrow returns a codec, to be given back at the end of a message.
func borrow(deflate bool) *codec {
	if x, ok := pool(deflate).Get().(*codec); ok {
		return x
	}
	u := websocket.Upgrader{ReadBufferSize: readBuffer, WriteBufferPool: &writeBuffers, EnableCompression: deflate}
	x, _, err := upgrade(&u, &http.Request{Method: http.MethodGet, Header: http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Sec-Websocket-Extensions": {"permessage-deflate"},
	}})
	if err != nil {
		panic("ws: gorilla refuses the handshake of RFC 6455: " + err.Error())
	}
	return x
}

func (x *codec) giveBack() {
	x.c, x.message = nil, message{}
	pool(x.in.deflate).Put(x)
}

// upgrade has gorilla judge r, and returns its 101.
func upgrade(u *websocket.Upgrader, r *http.Request) (x *codec, answer []byte, err error) {
	x = &codec{out: &answer}
	x.in.deflate = u.EnableCompression
	rw := buffers.Get().(*bufio.ReadWriter)
	defer buffers.Put(rw)
	if x.g, err = u.Upgrade(&handshake{x, rw}, r, nil); err != nil {
		return nil, nil, err
	}
	x.g.SetReadLimit(0) // the inspector's
	x.out = nil
	return x, answer, nil
}

// A handshake is the http.ResponseWriter of gorilla's Upgrader, and leads to a codec.
type handshake struct {
	codec *codec
	rw    *bufio.ReadWriter
}

func (h *handshake) Header() http.Header       { return make(http.Header) }
func (h *handshake) WriteHeader(int)           {}
func (h *handshake) Write([]byte) (int, error) { return 0, http.ErrHijacked }

// Hijack implements http.Hijacker. What the client has sent behind its request is not in
// the reader, because gorilla refuses that: it is the first that the Conn reads.
func (h *handshake) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	h.rw.Reader.Reset(h.codec)
	h.rw.Writer.Reset(h.codec)
	return h.codec, h.rw, nil
}

// buffers holds those that gorilla wants to be hijacked with a connection, and keeps not.
var buffers = sync.Pool{New: func() any {
	return bufio.NewReadWriter(bufio.NewReaderSize(nil, 16), bufio.NewWriterSize(nil, 512))
}}

// Read returns what the client has sent of its message, up to the end of a frame. Control
// frames in between are dealt with. The goroutine holds the Conn's reading.
func (x *codec) Read(p []byte) (int, error) {
	for {
		if x.c.lost != nil {
			return 0, x.c.lost
		}
		s, err := x.take(p)
		if err != nil {
			return 0, err
		}
		if !s.ctrl && s.n > 0 {
			return s.n, nil
		}
	}
}

// take takes a stretch of what has come, into p where it is of a message.
func (x *codec) take(p []byte) (stretch, error) {
	c := x.c
	buf, err := c.peek(len(p))
	if err != nil {
		return stretch{}, err
	}
	s, bad := x.in.scan(buf)
	if !s.ctrl {
		copy(p, buf[:s.n])
	}
	_, _ = c.raw.Reader().Discard(s.n) // n bytes are there
	switch {
	case bad != nil && (s.ctrl || s.n == 0):
		c.lost = bad
		return stretch{}, bad
	case bad != nil:
		c.lost = bad // behind this stretch
	case s.ctrl && s.ended:
		if err := c.control(x.in.opcode(), x.in.control[:x.in.filled]); err != nil {
			c.lost = err
			return stretch{}, err
		}
	}
	return s, nil
}

// Write takes what gorilla has framed.
func (x *codec) Write(p []byte) (int, error) {
	if x.out == nil {
		return 0, io.ErrClosedPipe // gorilla answers breaches, which it never sees
	}
	*x.out = append(*x.out, p...)
	return len(p), nil
}

// What else gorilla does to its connection is the Conn's to do.

func (x *codec) Close() error                     { return nil }
func (x *codec) SetDeadline(time.Time) error      { return nil }
func (x *codec) SetReadDeadline(time.Time) error  { return nil }
func (x *codec) SetWriteDeadline(time.Time) error { return nil }
func (x *codec) LocalAddr() net.Addr              { return nil }
func (x *codec) RemoteAddr() net.Addr             { return nil }

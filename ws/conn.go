package ws

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onramp-go/onramp/stream"
)

// A Conn is a WebSocket, made by [Accept] or [Hook]. It ends with the exchange that it
// was accepted in: methods called later fail. All methods may be called from any
// goroutine.
type Conn struct {
	out     stream.Sender // the first fields are those that a broadcast looks at
	raw     *stream.Raw
	opts    *settings
	deflate bool        // was agreed on
	more    atomic.Bool // the client has sent more than was read
	mute    atomic.Bool // text and data is not compressed
	limit   atomic.Int64

	x           atomic.Pointer[stream.Exchange]
	subprotocol string

	reading sync.Mutex // held by whoever reads; guards what follows
	codec   *codec     // nil between two messages
	lost    error      // why nothing more comes
	failed  error      // why nothing more is read
	turn    uint64     // counts messages

	detachment detachment

	alive alive
	over  closing
}

// open begins with what is on raw.
func (c *Conn) open(raw *stream.Raw) {
	c.raw, c.out = raw, raw.Sender()
	c.more.Store(raw.Buffered() > 0)
	c.watch()
}

// Stream returns the Stream of the exchange. What is sent on it goes out between frames
// as it is. A detached Conn has another one than the hook that accepted it.
func (c *Conn) Stream() *stream.Stream { return c.x.Load().Stream() }

// Context returns the Context of the exchange, with its request, parameters and
// attributes. It belongs to the goroutine that runs the hook, be it the message hook. A
// detached Conn has another one than the hook that accepted it.
func (c *Conn) Context() *stream.Context { return c.x.Load().Context() }

// Subprotocol returns the subprotocol that was agreed on, "" if there is none.
func (c *Conn) Subprotocol() string { return c.subprotocol }

// Compressed reports whether per-message deflate was agreed on.
func (c *Conn) Compressed() bool { return c.deflate }

// LocalAddr returns the address of this side.
func (c *Conn) LocalAddr() net.Addr { return c.raw.LocalAddr() }

// RemoteAddr returns the client's address.
func (c *Conn) RemoteAddr() net.Addr { return c.raw.RemoteAddr() }

// NetConn returns the network connection, to set its options. Reading from it or writing
// to it corrupts the WebSocket.
func (c *Conn) NetConn() net.Conn {
	c.detachment.lend(c.raw)
	return c.raw.Net()
}

// SetReadDeadline bounds reads; the zero time is no bound. A read that it ends is the
// last one: its error is that of all later ones.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.raw.SetReadDeadline(t) }

// SetWriteDeadline bounds writes from now on; the zero time goes back to a time-out for
// each, which is the adapter's. A write that it ends in the middle is the last one.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.raw.SetWriteDeadline(t)
	return nil
}

// SetReadLimit sets the longest message in bytes, after inflation, from the next
// message on. Zero and less is no limit.
func (c *Conn) SetReadLimit(limit int64) { c.limit.Store(limit) }

// EnableWriteCompression says whether what is sent is compressed from now on, where that
// was agreed on. It is at first.
func (c *Conn) EnableWriteCompression(enable bool) { c.mute.Store(!enable) }

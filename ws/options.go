package ws

import (
	"compress/flate"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// The defaults of [Options].
const (
	DefaultReadLimit    = 1 << 20 // bytes
	DefaultPingInterval = 30 * time.Second
	DefaultCloseTimeout = 5 * time.Second
)

// Options says how WebSockets are accepted and kept. The zero Options selects every
// default.
type Options struct {
	// Subprotocols are those of the server, by preference; the first that the client
	// offers too is selected. None: no subprotocol is.
	Subprotocols []string

	// CheckOrigin decides whether a request may come from the page that it comes
	// from. nil: it may if it names no Origin, or the one of its Host, or one in
	// Origins.
	CheckOrigin func(r *http.Request) bool
	// Origins are patterns of package path for the hosts of further pages, such as
	// "app.example" and "*.example:8443", or for their origins, such as
	// "https://app.example". It is not used with a CheckOrigin.
	Origins []string

	// Compression offers per-message deflate (RFC 7692) to clients that ask for it,
	// without keeping anything between messages.
	Compression bool
	// CompressionLevel is a level of package flate. 0: flate.BestSpeed.
	CompressionLevel int

	// ReadLimit is the longest message in bytes, after inflation. 0:
	// DefaultReadLimit. Negative: no limit.
	ReadLimit int64
	// PingInterval is how long the client may be silent before it is sent a ping,
	// and then again before it is cut off; a hook that does not read is not held
	// against it. 0: DefaultPingInterval. Negative: no pings.
	PingInterval time.Duration
	// CloseTimeout bounds the wait for the client's close frame. 0:
	// DefaultCloseTimeout.
	CloseTimeout time.Duration

	// Lifetime is the longest that a WebSocket goes on, less up to a tenth at random: then
	// it is closed with 1001, and the client returns. 0 or negative: no bound.
	Lifetime time.Duration
	// Revalidate is asked at each PingInterval, each DefaultPingInterval if there are no
	// pings, and whatever goes on meanwhile, whether the WebSocket may go on: a token
	// that was revoked is a reason not to. An error closes with its code and text if it
	// is a [*CloseError], else with 1008, and goes to Closed alone. A panic does the
	// same, and is logged. It runs on a goroutine of its own, once at a time, and holds
	// up nothing but the end of a shutdown; it should return when the context of
	// c.Stream ends. nil: it may go on.
	Revalidate func(c *Conn) error

	// Detach lets the hook and the handlers around it return as soon as the handshake
	// is done; messages are then served on their own. An idle WebSocket costs a
	// quarter of the memory, because no goroutine waits below the router, and middleware such as
	// chi's Throttle and Timeout is through with it. In return nothing around the
	// hook holds any more, and the request has lost the fields of the handshake: see
	// [stream.Exchange.Afterwards]; and nobody but the message hook reads, while it runs:
	// see [ErrDetached]. Only [Hook] can do so.
	Detach bool

	// Connected is called when the handshake is done, on the goroutine of the hook and
	// before it returns: the request and its context are still middleware's. An
	// error closes the WebSocket, as one of the message hook does.
	Connected func(c *Conn) error
	// Closed is called once for every WebSocket that was accepted when nothing more
	// will be read from it, on the goroutine that has read; err is the error of the
	// last read, and matches the error of Revalidate, stream.ErrExpired or the reason
	// given to Adapter.CloseTagged, too, where that has closed it.
	Closed func(c *Conn, err error)
}

// settings are Options with their defaults.
type settings struct {
	Options
	upgrader websocket.Upgrader
}

// resolve returns o with its defaults; nil is the zero Options. It panics in the name of
// caller if o makes no sense.
func (o *Options) resolve(caller string) *settings {
	s := &settings{}
	if o != nil {
		s.Options = *o
	}
	s.Subprotocols, s.Origins = slices.Clone(s.Subprotocols), slices.Clone(s.Origins)
	if s.ReadLimit == 0 {
		s.ReadLimit = DefaultReadLimit
	}
	if s.PingInterval == 0 {
		s.PingInterval = DefaultPingInterval
	}
	if s.CloseTimeout <= 0 {
		s.CloseTimeout = DefaultCloseTimeout
	}
	if s.CompressionLevel == 0 {
		s.CompressionLevel = flate.BestSpeed
	}
	if s.CompressionLevel < flate.HuffmanOnly || s.CompressionLevel > flate.BestCompression {
		panic(fmt.Sprintf("%s: there is no compression level %d", caller, s.CompressionLevel))
	}
	if s.CheckOrigin == nil && len(s.Origins) > 0 {
		checkPatterns(caller, s.Origins)
		s.CheckOrigin = s.allowedOrigin
	}
	s.upgrader = websocket.Upgrader{
		ReadBufferSize: readBuffer, WriteBufferPool: &writeBuffers,
		Subprotocols: s.Subprotocols, CheckOrigin: s.CheckOrigin,
	}
	return s
}

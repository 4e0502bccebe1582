package ws

import (
	"errors"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// Hook returns a hook that accepts WebSockets and runs onMessage once for every text or
// binary message, one after the other on one goroutine for each connection. p is
// onMessage's to keep.
//
// An error of onMessage closes the WebSocket: with its code and text if it is a
// [*CloseError], else with 1011, and the error itself goes to [Options.Closed] alone. A
// panic is that of a hook, and closes with 1011. After c was closed onMessage is not
// called any more.
//
// A request that is no handshake is answered as [Accept] says. opts is copied; nil selects
// every default. Hook panics if onMessage is nil or opts make no sense.
func Hook(onMessage func(c *Conn, messageType int, p []byte) error, opts *Options) hooks.ServerHook {
	if onMessage == nil {
		panic("ws.Hook: onMessage is nil")
	}
	return &hook{onMessage, opts.resolve("ws.Hook")}
}

type hook struct {
	onMessage func(c *Conn, messageType int, p []byte) error
	opts      *settings
}

// Handle implements hooks.ServerHook.
func (h *hook) Handle(s *stream.Stream, c *stream.Context) hooks.Status {
	conn, err := accept(s, c, h.opts)
	if err != nil {
		return hooks.Reject
	}
	if h.opts.Connected != nil {
		if err := h.opts.Connected(conn); err != nil {
			conn.dismiss(err)
			conn.tell(err)
			return hooks.Continue
		}
	}
	v := &service{h: h, c: conn}
	if h.opts.Detach && c.Exchange().Afterwards(v.detached) {
		return hooks.Continue
	}
	v.run()
	return hooks.Continue
}

// dismiss closes the WebSocket for an error of a hook.
func (c *Conn) dismiss(err error) {
	code, text := CloseInternalServerErr, ""
	var closed *CloseError
	if errors.As(err, &closed) && onWire(closed.Code) {
		code, text = closed.Code, closed.Text
	}
	_ = c.bye(code, text) // unless one was sent
}

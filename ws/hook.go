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
	if h.opts.Detach && c.Exchange().Afterwards(func(x *stream.Exchange) bool { return h.detached(conn, x) }) {
		return hooks.Continue
	}
	h.serve(conn, false)
	return hooks.Continue
}

// detached is serve when the handlers around the hook have returned.
func (h *hook) detached(c *Conn, x *stream.Exchange) (again bool) {
	c.x.Store(x)
	return h.serve(c, true)
}

// serve runs the message hook until the WebSocket ends. It returns true to go on
// elsewhere, which it does only if rests.
func (h *hook) serve(c *Conn, rests bool) (again bool) {
	var reason error
	for {
		messageType, p, err := c.receive(rests)
		switch {
		case errors.Is(err, stream.ErrResting):
			return true
		case err != nil && reason == nil:
			reason = err
			fallthrough
		case err != nil:
			c.tell(reason)
			return false
		case c.alive.parting.Load():
			continue
		}
		if err := h.onMessage(c, messageType, p); err != nil {
			reason = err
			c.dismiss(err)
		}
	}
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

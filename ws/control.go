package ws

import (
	"encoding/binary"
	"time"
	"unicode/utf8"
)

// handlers are the application's for control frames.
type handlers struct {
	ping, pong func(string) error
	close      func(int, string) error
}

// SetPingHandler sets what a ping calls instead of sending a pong; nil goes back to
// that. Handlers run within reads; an error of one ends reading.
func (c *Conn) SetPingHandler(h func(appData string) error) {
	c.over.set(func(x *handlers) { x.ping = h })
}

// SetPongHandler sets what a pong calls; nil is nothing.
func (c *Conn) SetPongHandler(h func(appData string) error) {
	c.over.set(func(x *handlers) { x.pong = h })
}

// SetCloseHandler sets what the client's close frame calls, before it is answered with
// the same code unless h has sent one. nil is nothing. code is
// [CloseNoStatusReceived] where the frame had none.
func (c *Conn) SetCloseHandler(h func(code int, text string) error) {
	c.over.set(func(x *handlers) { x.close = h })
}

// control deals with a control frame. An error ends reading.
func (c *Conn) control(opcode int, payload []byte) error {
	switch h := c.over.get(); opcode {
	case CloseMessage:
		return c.farewell(payload, h.close)
	case PongMessage:
		if h.pong != nil {
			return h.pong(string(payload))
		}
	case PingMessage:
		if h.ping != nil {
			return h.ping(string(payload))
		}
		_ = c.WriteControl(PongMessage, payload, time.Time{}) // if the queue is full a later ping is answered
	}
	return nil
}

// farewell judges a close frame, answers it, and returns it as an error (RFC 6455,
// sections 5.5.1 and 7.4).
func (c *Conn) farewell(payload []byte, h func(int, string) error) error {
	code := CloseNoStatusReceived
	switch {
	case len(payload) == 1:
		return fail(CloseProtocolError, "close frame of one byte")
	case len(payload) > 1:
		code, payload = int(binary.BigEndian.Uint16(payload)), payload[2:]
		if !onWire(code) {
			return fail(CloseProtocolError, "no such close code")
		}
	}
	if !utf8.Valid(payload) {
		return fail(CloseInvalidFramePayloadData, "close reason is not UTF-8")
	}
	text := string(payload)
	if h != nil {
		if err := h(code, text); err != nil {
			return err
		}
	}
	_ = c.bye(code, "") // unless one was sent
	return &CloseError{Code: code, Text: text}
}

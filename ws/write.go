package ws

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"sync"
	"time"

	"github.com/onramp-go/onramp/stream"
)

// WriteMessage sends a message in one frame and returns when the kernel has it, or it is
// held back for a moment with the answers to a burst. data may be reused then.
func (c *Conn) WriteMessage(messageType int, data []byte) error {
	return c.write(true, messageType, data)
}

// TryWrite is WriteMessage without waiting for the client: what the socket does not take
// goes to the stream's queue, or nothing of it is sent and the error is
// [stream.ErrBufferFull].
func (c *Conn) TryWrite(messageType int, data []byte) error {
	return c.write(false, messageType, data)
}

// WriteJSON sends v as JSON, in a text message.
func (c *Conn) WriteJSON(v any) error {
	p, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.WriteMessage(TextMessage, p)
}

func (c *Conn) write(wait bool, messageType int, data []byte) error {
	switch {
	case isControl(messageType):
		return c.WriteControl(messageType, data, time.Time{})
	case !isData(messageType):
		return errMessageType
	case c.compresses():
		p := compressedPool.Get().(*[]byte)
		defer compressedPool.Put(p)
		*p = (*p)[:0]
		if err := compress(p, c.opts.CompressionLevel, messageType, data); err != nil {
			return err
		}
		return c.send(wait, *p)
	}
	f := frame(messageType, data)
	defer f.free()
	return c.send(wait, f.frames()...)
}

// send sends whole frames, or holds them back while there is more to read.
func (c *Conn) send(wait bool, frames ...[]byte) error {
	if c.more.Load() {
		if held, err := c.raw.TryHold(frames...); held || err != nil {
			return err
		}
	}
	if wait {
		return c.out.Send(frames...)
	}
	err := c.out.TrySend(frames...)
	if err == stream.ErrBufferFull {
		c.x.Load().Drops(1, true)
	}
	return err
}

// compressedPool holds memory for compressed messages.
var compressedPool = sync.Pool{New: func() any { return new([]byte) }}

func (c *Conn) compresses() bool { return c.deflate && !c.mute.Load() }

// compress has gorilla append a compressed message to p.
func compress(p *[]byte, level, messageType int, data []byte) error {
	x := borrow(true)
	x.out = p
	_ = x.g.SetCompressionLevel(level) // checked by resolve
	err := x.g.WriteMessage(messageType, data)
	x.out = nil
	if err == nil { // else it is of no more use
		x.giveBack()
	}
	return err
}

// WriteControl sends a ping, a pong or a close frame, whose payload websocket's
// FormatCloseMessage makes; [Conn.CloseWith] is easier. It never waits for the client:
// deadline only matters if it has passed.
func (c *Conn) WriteControl(messageType int, data []byte, deadline time.Time) error {
	switch {
	case !isControl(messageType):
		return errMessageType
	case len(data) > maxControl:
		return errControl
	case !deadline.IsZero() && !time.Now().Before(deadline):
		return os.ErrDeadlineExceeded
	}
	f := frame(messageType, data)
	defer f.free()
	if messageType == CloseMessage {
		return c.last(f.frames()...)
	}
	return c.send(false, f.frames()...)
}

// SendList sends frames of [Frames], all in one write: nothing comes between them. A
// list with a close frame is the last that is sent.
func (c *Conn) SendList(frames [][]byte) error { return c.sendList(true, frames) }

// TrySendList is SendList without waiting for the client, all frames or none: see
// [Conn.TryWrite].
func (c *Conn) TrySendList(frames [][]byte) error { return c.sendList(false, frames) }

func (c *Conn) sendList(wait bool, frames [][]byte) error {
	if len(frames) == 0 {
		return errMessageType // Frames knows none
	}
	for _, f := range frames {
		if len(f) > 0 && int(f[0]&^finBit) == CloseMessage {
			return c.last(frames...)
		}
	}
	return c.send(wait, frames...)
}

// NextWriter returns a writer for a message that is sent, whole, when it is closed. Any
// number of them can be open.
func (c *Conn) NextWriter(messageType int) (io.WriteCloser, error) {
	if !isData(messageType) && !isControl(messageType) {
		return nil, errMessageType
	}
	return &messageWriter{c: c, messageType: messageType}, nil
}

type messageWriter struct {
	c           *Conn
	messageType int
	buf         bytes.Buffer
	closed      bool
}

// Write implements io.Writer.
func (w *messageWriter) Write(p []byte) (int, error) {
	if w.closed {
		return 0, io.ErrClosedPipe
	}
	return w.buf.Write(p)
}

// Close sends the message.
func (w *messageWriter) Close() error {
	if w.closed {
		return io.ErrClosedPipe
	}
	w.closed = true
	return w.c.WriteMessage(w.messageType, w.buf.Bytes())
}

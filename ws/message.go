package ws

import (
	"errors"
	"io"

	"github.com/onramp-go/onramp/stream"
)

// A message is what has come of the one that is being read.
type message struct {
	r     io.Reader // gorilla's; nil: at its end
	text  bool
	n     int64 // bytes so far
	valid validator
	probe [1]byte
}

// A patience says how a read waits for the client.
type patience uint8

const (
	waits patience = iota
	rests          // it may end with stream.ErrResting
	never          // it ends with errNothing unless the next frame has come as a whole
)

// errNothing says that there is nothing to be read without waiting.
var errNothing = errors.New("ws: nothing has come")

// idles reports whether err says that there is no message yet.
func idles(err error) bool { return err == errNothing || errors.Is(err, stream.ErrResting) }

// next goes on to the next message, past what is left of the one before.
func (c *Conn) next(how patience) (messageType int, err error) {
	c.turn++
	if err := c.skip(); err != nil {
		return -1, err
	}
	if err := c.begun(how); err != nil {
		if idles(err) {
			return -1, err
		}
		return -1, c.broken(err)
	}
	x := c.codec
	messageType, r, err := x.g.NextReader()
	if err != nil {
		return -1, c.broken(err)
	}
	x.message = message{r: r, text: messageType == TextMessage}
	return messageType, nil
}

// skip discards what is left of the message.
func (c *Conn) skip() error {
	if c.codec != nil && c.codec.message.r != nil {
		scrap := make([]byte, 512)
		for c.failed == nil && c.codec.message.r != nil {
			_, _ = c.read(scrap)
		}
	}
	return c.failed
}

// begun returns when the next message has, having dealt with the control frames before
// it. While it waits for one it holds no codec.
func (c *Conn) begun(how patience) error {
	if c.codec != nil && !c.codec.in.between() {
		return nil // gorilla skips what stands behind the end of deflated data
	}
	for c.lost == nil {
		c.relax()
		switch {
		case how == never && c.between() && !c.whole():
			return errNothing
		case c.raw.Buffered() == 0:
			if err := c.wait(how == rests && c.codec == nil); err != nil {
				return err
			}
		}
		if c.codec == nil {
			c.codec = borrow(c.deflate)
			c.codec.c = c
		}
		x := c.codec
		x.in.limit = c.limit.Load()
		if x.in.have == 0 {
			first, err := c.peek(1)
			if err != nil {
				return err
			}
			if !isControl(int(first[0] & 0x0f)) {
				return nil
			}
		}
		if _, err := x.take(x.in.control[:]); err != nil { // a control frame, of which nothing is copied
			return err
		}
	}
	return c.lost
}

// relax gives the codec back when everything that has come is used up.
func (c *Conn) relax() {
	if c.codec != nil && c.raw.Buffered() == 0 && c.between() {
		c.codec.giveBack()
		c.codec = nil
	}
}

// between reports whether the next byte is the first of a message, or of a control frame
// before it.
func (c *Conn) between() bool {
	return c.codec == nil || c.codec.message.r == nil && c.codec.in.between()
}

// peek returns what has come, n bytes at the most and at least one, waiting for it.
func (c *Conn) peek(n int) ([]byte, error) {
	if c.raw.Buffered() == 0 {
		if err := c.wait(false); err != nil {
			return nil, err
		}
	}
	br := c.raw.Reader()
	buf, err := br.Peek(min(n, max(1, br.Buffered())))
	if len(buf) == 0 {
		c.lost = err
		return nil, err
	}
	return buf, nil
}

// wait waits for the client, when everything it has sent is used up.
func (c *Conn) wait(rests bool) error {
	c.waits()
	err := c.raw.Wait(rests)
	if errors.Is(err, stream.ErrResting) {
		return err // the wait goes on
	}
	c.waited(err)
	return err
}

// waits and waited enclose a wait for the client.
func (c *Conn) waits() {
	c.more.Store(false)
	c.alive.waiting.Store(true)
}

func (c *Conn) waited(err error) {
	c.alive.waiting.Store(false)
	if err == nil && c.opts.PingInterval > 0 {
		c.alive.heard()
	}
	c.lost = err
}

// read reads a piece of the message; io.EOF is its end.
func (c *Conn) read(p []byte) (int, error) {
	if c.failed != nil {
		return 0, c.failed
	}
	x := c.codec
	if x == nil || x.message.r == nil {
		return 0, io.EOF
	}
	m := &x.message
	n, err := m.r.Read(p)
	m.n += int64(n)
	if x.in.limit > 0 && m.n > x.in.limit {
		return 0, c.breach(tooBig())
	}
	if m.text && (!m.valid.write(p[:n]) || err == io.EOF && !m.valid.whole()) {
		return 0, c.breach(fail(CloseInvalidFramePayloadData, "text is not UTF-8"))
	}
	switch {
	case err == io.EOF:
		m.r = nil
		c.more.Store(c.raw.Buffered() > 0)
	case err != nil:
		return n, c.broken(err)
	}
	return n, err
}

// broken says why reading does not go on; err is gorilla's, or what c.lost says.
func (c *Conn) broken(err error) error {
	var breach *failure
	switch {
	case c.lost == nil && c.codec != nil && c.codec.in.compressed:
		breach = fail(CloseInvalidFramePayloadData, "data that cannot be inflated")
		breach.cause = err
		return c.breach(breach)
	case errors.As(c.lost, &breach):
		return c.breach(breach)
	case c.lost == io.EOF:
		c.failed = &CloseError{Code: CloseAbnormalClosure, Text: io.ErrUnexpectedEOF.Error()}
	case c.lost != nil:
		c.failed = c.lost
	default:
		c.failed = err
	}
	c.raw.Left()
	return c.failed
}

// breach fails the connection (RFC 6455, section 7.1.7).
func (c *Conn) breach(f *failure) error {
	c.failed = f
	_ = c.bye(f.sent.Code, f.sent.Text) // if it cannot be sent there is nobody to tell
	c.raw.Left()
	return f
}

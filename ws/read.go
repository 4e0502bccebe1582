package ws

import (
	"bytes"
	"encoding/json"
	"io"
)

// firstBuffer is the memory that a message gets before more of it has come, in bytes:
// its length is only what the client says.
const firstBuffer = 4096

// ReadMessage returns the next text or binary message, which the caller owns. It waits
// for its turn while another goroutine reads. The error is [ErrDetached] where it is not
// the caller's to read.
func (c *Conn) ReadMessage() (messageType int, p []byte, err error) {
	if err := c.lockReading(); err != nil {
		return -1, nil, err
	}
	defer c.reading.Unlock()
	return c.receive(waits)
}

// lockReading waits for the turn to read.
func (c *Conn) lockReading() error {
	if c.detachment.refuses() { // else it would wait for as long as the client says nothing
		return ErrDetached
	}
	c.reading.Lock()
	if c.detachment.refuses() {
		c.reading.Unlock()
		return ErrDetached
	}
	return nil
}

// receive is ReadMessage for who has the turn.
func (c *Conn) receive(how patience) (messageType int, p []byte, err error) {
	if messageType, p, err = c.plain(how); p != nil || err != nil {
		return messageType, p, err
	}
	if messageType, err = c.next(how); err != nil {
		return messageType, nil, err
	}
	size, known := c.codec.in.whole()
	if !known {
		size = bytes.MinRead
	}
	p = make([]byte, 0, min(size, firstBuffer))
	for {
		free := p[len(p):cap(p)]
		full := len(free) == 0
		if full { // most probably this is the end
			free = c.codec.message.probe[:]
		}
		n, err := c.read(free)
		if full {
			p = append(p, free[:n]...)
		} else {
			p = p[:len(p)+n]
		}
		switch {
		case err == io.EOF:
			return messageType, p, nil
		case err != nil:
			return messageType, nil, err
		}
	}
}

// NextReader returns the type of the next text or binary message and what it says, piece
// by piece. It discards what is left of the message before, whose reader is at its end
// then. The error is [ErrDetached] as for ReadMessage.
func (c *Conn) NextReader() (messageType int, r io.Reader, err error) {
	if err := c.lockReading(); err != nil {
		return -1, nil, err
	}
	defer c.reading.Unlock()
	if messageType, err = c.next(waits); err != nil {
		return messageType, nil, err
	}
	return messageType, &messageReader{c, c.turn}, nil
}

type messageReader struct {
	c    *Conn
	turn uint64
}

// Read implements io.Reader.
func (r *messageReader) Read(p []byte) (int, error) {
	c := r.c
	if err := c.lockReading(); err != nil {
		return 0, err
	}
	defer c.reading.Unlock()
	if c.turn != r.turn {
		return 0, io.EOF
	}
	return c.read(p)
}

// ReadJSON reads a message and decodes it, one JSON value and nothing behind it, into v.
func (c *Conn) ReadJSON(v any) error {
	_, p, err := c.ReadMessage()
	if err != nil {
		return err
	}
	return json.Unmarshal(p, v)
}

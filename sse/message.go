package sse

import (
	"strconv"
	"sync"
)

// A message is events that go out together, in one write: as one chunk of a chunked
// body (RFC 9112, section 7.1), or as they are where the body is not chunked.
type message struct {
	p     []byte // headroom for the chunk's size, what the client reads, CRLF once sealed
	parts []part
	start int // of the chunk; 0: not sealed
}

// A part is an event of a message, or a comment.
type part struct {
	end   int // in p
	name  string
	event bool
}

const headroom = 16 + len("\r\n")

const lastChunk = "0\r\n\r\n"

func (m *message) reset() {
	if cap(m.p) == 0 {
		m.p = make([]byte, 0, 512)
	}
	clear(m.parts) // holds names
	m.p, m.parts, m.start = m.p[:headroom], m.parts[:0], 0
}

func (m *message) size() int { return len(m.p) - headroom }

func (m *message) add(ev Event) error {
	if err := ev.check(); err != nil {
		return err
	}
	m.p = ev.append(m.p)
	m.parts = append(m.parts, part{len(m.p), ev.Name, true})
	return nil
}

func (m *message) comment(text string) {
	m.p = append(appendLines(m.p, ": ", text), '\n')
	m.parts = append(m.parts, part{end: len(m.p)})
}

// mark sets the client's Last-Event-ID and dispatches nothing.
func (m *message) mark(id string) error {
	if err := (Event{ID: id}).check(); err != nil {
		return err
	}
	m.p = append(appendField(m.p, "id: ", id), '\n')
	m.parts = append(m.parts, part{end: len(m.p)})
	return nil
}

// text returns what the client reads. Nothing may be added any more.
func (m *message) text() []byte {
	if m.start > 0 {
		return m.p[headroom : len(m.p)-2 : len(m.p)-2]
	}
	return m.p[headroom:len(m.p):len(m.p)]
}

// seal makes the chunk whole.
func (m *message) seal() {
	var digits [16]byte
	size := strconv.AppendInt(digits[:0], int64(m.size()), 16)
	m.start = headroom - 2 - len(size)
	copy(m.p[m.start:], size)
	copy(m.p[headroom-2:], "\r\n")
	m.p = append(m.p, "\r\n"...)
}

// wire returns the bytes to send, chunked or not. m is not changed if it was sealed.
func (m *message) wire(chunked bool) []byte {
	if !chunked || len(m.p) == headroom { // an empty chunk would be the last
		return m.text()
	}
	if m.start == 0 {
		m.seal()
	}
	return m.p[m.start:]
}

// messages keeps none that have grown large.
var messages = sync.Pool{New: func() any { return new(message) }}

const pooledSize = 64 << 10

func newMessage() *message {
	m := messages.Get().(*message)
	m.reset()
	return m
}

func (m *message) free() {
	if cap(m.p) <= pooledSize {
		messages.Put(m)
	}
}

// A Prepared is one or more events, encoded and framed once, to be sent to any number
// of sessions by any number of goroutines. It never changes.
type Prepared struct{ m message }

// Prepare encodes events that go out together, in one write to each client.
// The error is [ErrMultiline].
func Prepare(events ...Event) (*Prepared, error) {
	size := headroom + 2
	for _, ev := range events {
		size += len(ev.ID) + len(ev.Name) + len(ev.Data) + 48
	}
	p := &Prepared{message{p: make([]byte, 0, size), parts: make([]part, 0, len(events))}}
	p.m.reset()
	for _, ev := range events {
		if err := p.m.add(ev); err != nil {
			return nil, err
		}
	}
	p.m.seal()
	return p, nil
}

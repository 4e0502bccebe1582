package ws

import "sync"

// A PreparedMessage is a message for many: it is framed once, and compressed once for
// those who have agreed on that. Any goroutine may send it.
type PreparedMessage struct {
	messageType int
	data, plain []byte // plain is the frame, data its payload

	mu       sync.Mutex
	deflated map[int][]byte // by compression level
}

// NewPreparedMessage frames data, which it copies. The error says that messageType is
// neither text nor binary.
func NewPreparedMessage(messageType int, data []byte) (*PreparedMessage, error) {
	if !isData(messageType) {
		return nil, errMessageType
	}
	p := appendHead(make([]byte, 0, maxHead+len(data)), byte(messageType)|finBit, len(data))
	at := len(p)
	p = append(p, data...)
	return &PreparedMessage{messageType: messageType, data: p[at:], plain: p}, nil
}

// WritePreparedMessage is [Conn.WriteMessage] for m.
func (c *Conn) WritePreparedMessage(m *PreparedMessage) error { return c.writePrepared(true, m) }

// TryWritePrepared is [Conn.TryWrite] for m: what a broadcast calls for each of its
// connections, because none of them can hold it up.
func (c *Conn) TryWritePrepared(m *PreparedMessage) error { return c.writePrepared(false, m) }

func (c *Conn) writePrepared(wait bool, m *PreparedMessage) error {
	if !c.compresses() {
		return c.send(wait, m.plain)
	}
	p, err := m.compressed(c)
	if err != nil {
		return err
	}
	return c.send(wait, p)
}

// compressed returns m's frame at the level of c, which makes it if it is the first.
func (m *PreparedMessage) compressed(c *Conn) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	level := c.opts.CompressionLevel
	if p, ok := m.deflated[level]; ok {
		return p, nil
	}
	var p []byte
	if err := compress(&p, level, m.messageType, m.data); err != nil {
		return nil, err
	}
	if m.deflated == nil {
		m.deflated = make(map[int][]byte)
	}
	m.deflated[level] = p
	return p, nil
}

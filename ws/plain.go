package ws

import (
	"encoding/binary"
	"unicode/utf8"
)

// lone looks at a frame at the beginning of p. n is its length with its head, 0 where it
// has not come as a whole, or is none that RFC 6455 knows; head is that of the head.
func lone(p []byte) (head, n int) {
	if len(p) < 2 || p[1]&maskBit == 0 {
		return 0, 0
	}
	head, n = 2+4, int(p[1]&^maskBit)
	switch {
	case n == 127:
		return 0, 0 // it is not in any buffer of ours
	case n == 126:
		if len(p) < 4 {
			return 0, 0
		}
		if n = int(binary.BigEndian.Uint16(p[2:])); n < 126 {
			return 0, 0
		}
		head += 2
	}
	if n += head; n > len(p) {
		return 0, 0
	}
	return head, n
}

// whole reports whether what has come begins with a message of one frame, or a control
// frame, that can be read without waiting.
func (c *Conn) whole() bool {
	n := c.raw.Buffered()
	if n == 0 || !c.between() {
		return false
	}
	p, _ := c.raw.Reader().Peek(n)
	_, size := lone(p)
	return size > 0 && p[0]&finBit != 0
}

// plain returns the next message where it is of the most frequent kind, one frame that
// has come as a whole and is not compressed. p is nil where it is of any other kind, or
// none at all. The error says that there is nothing to be read, or will never be.
func (c *Conn) plain(how patience) (messageType int, p []byte, err error) {
	if c.failed != nil || c.lost != nil || !c.between() {
		return 0, nil, nil
	}
	c.turn++
	if c.raw.Buffered() == 0 && how != never {
		c.relax()
		if err := c.wait(how == rests); err != nil {
			if !idles(err) {
				err = c.broken(err)
			}
			return -1, nil, err
		}
	}
	buf, _ := c.raw.Reader().Peek(c.raw.Buffered())
	head, n := lone(buf)
	if n == 0 {
		return 0, nil, nil
	}
	messageType = int(buf[0] &^ finBit) // the reserved bits are none of a type
	limit := c.limit.Load()
	if buf[0]&finBit == 0 || !isData(messageType) || limit > 0 && int64(n-head) > limit {
		return 0, nil, nil
	}
	p = make([]byte, n-head)
	unmask(p, buf[head:n], buf[head-4:head])
	if messageType == TextMessage && !utf8.Valid(p) {
		return 0, nil, nil // it is not used up: who looks closer says what is wrong
	}
	_, _ = c.raw.Reader().Discard(n) // n bytes are there
	c.more.Store(c.raw.Buffered() > 0)
	return messageType, p, nil
}

// unmask copies what src says to dst, which is as long (RFC 6455, section 5.3).
func unmask(dst, src, key []byte) {
	word := uint64(binary.LittleEndian.Uint32(key))
	word |= word << 32
	for len(src) >= 8 && len(dst) >= 8 {
		binary.LittleEndian.PutUint64(dst, binary.LittleEndian.Uint64(src)^word)
		dst, src = dst[8:], src[8:]
	}
	for i := range src {
		dst[i] = src[i] ^ key[i&3]
	}
}

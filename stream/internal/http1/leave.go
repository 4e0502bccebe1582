package http1

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"time"
)

// Detach gives the connection away, with what was read ahead, and without
// deadlines (net/http.Hijacker). The Conn must not be used any more.
func (c *Conn) Detach() (net.Conn, *bufio.ReadWriter, error) {
	c.Unwatch()
	if err := c.Outgrow(); err != nil {
		return nil, nil, err
	}
	if err := c.Out.Flush(); err != nil {
		return nil, nil, err
	}
	c.share()
	if err := c.rwc.SetDeadline(time.Time{}); err != nil {
		return nil, nil, err
	}
	var rest []byte
	if n := c.Buffered(); n > 0 {
		rest, _ = c.br.Peek(n)
	}
	br := bufio.NewReaderSize(&handover{rest: append([]byte(nil), rest...), conn: c.rwc}, max(len(rest), defaultBuffer))
	_, _ = br.Peek(len(rest))
	c.br = nil // not for the pool: a late reader of the body may hold it
	return c.rwc, bufio.NewReadWriter(br, bufio.NewWriter(c.rwc)), nil
}

type handover struct {
	rest []byte
	conn net.Conn
}

func (h *handover) Read(p []byte) (int, error) {
	if len(h.rest) > 0 {
		n := copy(p, h.rest)
		h.rest = h.rest[n:]
		return n, nil
	}
	return h.conn.Read(p)
}

// Close closes the connection at once. What the peer has not been sent is lost.
func (c *Conn) Close(reason error) { c.Out.Kill(reason) }

const (
	lingerTime  = 500 * time.Millisecond // as in net/http
	lingerBytes = 256 << 10
)

// Linger closes the connection so that the peer can still read what it was sent:
// it ends the outgoing side and throws away what comes in, for 500 ms and 256 KiB
// at the most, because a close with unread input resets the connection
// (RFC 9112, section 9.6).
func (c *Conn) Linger() {
	c.Unwatch()
	if w, ok := c.rwc.(interface{ CloseWrite() error }); ok && w.CloseWrite() == nil {
		end := time.Now().Add(lingerTime)
		_ = c.rwc.SetReadDeadline(end)
		if _, err := io.CopyN(io.Discard, c.rwc, lingerBytes); err == nil {
			time.Sleep(time.Until(end)) // more is not read, but the answer can be
		}
	}
	c.dropReader()
	c.Close(ErrClosed)
}

// Lend says that a reader of an unfinished body may still use the buffer: it will not
// serve another connection.
func (c *Conn) Lend() { c.lent = true }

// Release closes the connection and gives its buffer back. Only the goroutine that
// reads may call it, and not within Await.
func (c *Conn) Release() {
	c.Unwatch()
	if t, ok := c.rwc.(*tls.Conn); ok && c.Out.Err() == nil {
		c.Out.Settle()
		_ = t.CloseWrite() // close_notify tells an end from a truncation (RFC 8446, section 6.1)
	}
	c.Close(ErrClosed)
	if c.out.own.severed {
		abort(c.rwc)
	}
	c.dropReader()
}

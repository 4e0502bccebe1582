package http1

import "crypto/tls"

// Unread reports whether the peer has sent more than anybody has asked for, as far as that
// can be seen: a close would answer that with a reset, which takes from the peer what is
// still on its way to it, and [Conn.Linger] does not. Only the goroutine that reads may call
// it, and not within Await.
func (c *Conn) Unread() bool {
	if c.Buffered() > 0 {
		return true
	}
	raw := c.raw
	if t, ok := c.rwc.(*tls.Conn); ok {
		raw = rawConn(t.NetConn())
	}
	more := false
	if raw != nil {
		_ = raw.Control(func(fd uintptr) { more = moreNow(fd) })
	}
	return more
}

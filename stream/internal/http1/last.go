package http1

import "net"

// FlushLast is Out.Flush for bytes that nothing will follow, and gives their buffer back.
// Where the system allows, and they can leave at once, the end of the outgoing side leaves
// with them: one packet instead of two, either of which may cost as much as all else that
// a request does.
func (c *Conn) FlushLast() error {
	if _, tcp := c.rwc.(*net.TCPConn); tcp {
		c.Out.Locked(c.out.own.isLast)
	}
	err := c.Out.Flush()
	c.Out.Rest()
	return err
}

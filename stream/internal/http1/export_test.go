package http1

// HoldsBuffer reports whether the connection has a read buffer now. Only the
// goroutine that reads may call it.
func (c *Conn) HoldsBuffer() bool { return c.br != nil }

// CanLookOut reports whether a watch over a socket reads nothing.
const CanLookOut = canLookOut

// Ours makes o treat its sink as a [Conn]'s does.
func Ours(o *Outbound) *Outbound {
	o.quick = true
	return o
}

// Shelved reports whether a desk waits for a sweep, or for the end of the wait.
func (c *Conn) Shelved() bool { return c.shelf.Load() != nil }

// HoldsDesk reports whether the next response has a desk already. Only the goroutine
// that reads may call it.
func (c *Conn) HoldsDesk() bool { return c.desk != nil }

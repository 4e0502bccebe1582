package http1

// Doubt has [Conn.Await] ask the system once more before it waits again, for a caller who
// cannot be content to learn late of an end that came along with the last bytes. It is to
// be called within Await.
func (c *Conn) Doubt() { c.served = false }

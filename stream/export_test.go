package stream

// Spare returns the exchange that an idle c keeps for its next request, and what that has to
// be like.
func (c *Conn) Spare() (kept, want *Exchange) {
	return c.spare, &Exchange{owner: c.owner, base: c.base, conn: c, looped: true}
}

// Idles reports whether c waits for a request.
func (c *Conn) Idles() bool { return c.state.Load() == connIdle }

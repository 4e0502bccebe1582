//go:build !linux

package http1

// Park has ready called on a new goroutine, once, when there is something to read. It
// reports false: that is impossible here, and it is the caller's to wait.
func (c *Conn) Park(func()) bool { return false }

// Unpark has what Park was given called now, if it was not yet.
func (c *Conn) Unpark() {}

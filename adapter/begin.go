package adapter

import "github.com/onramp-go/onramp/stream"

// begin is loop on a goroutine that is new, for a connection whose next request is still
// to come. What serves a request needs more stack than a goroutine begins with; to grow
// it now, with nothing on it, costs a fraction of growing it below a request.
func (o *owner) begin(c *stream.Conn) {
	makeRoom()
	o.loop(c)
}

// room is what a request takes of a stack, in bytes, or somewhat less.
type room [4 << 10]byte

//go:noinline
func makeRoom() {
	var r room
	touch(&r)
}

//go:noinline
func touch(*room) {}

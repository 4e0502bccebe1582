package http1

import "sync"

// A desk is what a response is put together on. It is borrowed while there is something
// on it: a response that has sent all it has holds none. The next one of a batch gets it
// from the connection.
type desk struct {
	head head
	body []byte // of the handler, not sent yet
	room []byte // for what frames it
}

var desks = sync.Pool{New: func() any {
	return &desk{head: head{lines: make([]byte, 0, 1<<10)}, body: make([]byte, 0, bodyBuffer), room: make([]byte, 0, 1<<10)}
}}

// maxRoom is the largest piece of a desk that is kept for other responses, in bytes.
const maxRoom = 8 << 10

func borrowDesk() *desk { return desks.Get().(*desk) }

// release gives the desk back; it is of no use to its last holder any more.
func (d *desk) release() {
	if d.wipe() {
		desks.Put(d)
	}
}

// wipe makes the desk ready for another response, unless it has grown too large.
func (d *desk) wipe() bool {
	if cap(d.head.lines) > maxRoom || cap(d.room) > maxRoom {
		return false
	}
	d.head.wipe()
	d.body = d.body[:0]
	return true
}

// borrow makes sure that w has a desk.
func (w *ResponseWriter) borrow() *desk {
	if w.desk == nil {
		w.desk = borrowDesk()
	}
	return w.desk
}

// clear gives the desk back if nothing that is on it is to be sent.
func (w *ResponseWriter) clear() {
	if d := w.vacate(); d != nil {
		d.release()
	}
}

// pass leaves it to the next response of the connection. It is for the goroutine that reads.
func (w *ResponseWriter) pass() {
	if d := w.vacate(); d != nil && d.wipe() {
		w.conn.desk = d
	}
}

func (w *ResponseWriter) vacate() *desk {
	d := w.desk
	if d == nil || !w.headSent || len(d.body) > 0 {
		return nil
	}
	w.desk = nil
	return d
}

// shelve puts what a response has passed on where a sweep finds it: whoever is idle for long
// needs none.
func (c *Conn) shelve() {
	if c.desk != nil {
		c.shelf.Store(c.desk)
		c.desk = nil
	}
}

func (c *Conn) unshelve() { c.desk = c.shelf.Swap(nil) }

func (c *Conn) clearShelf() {
	if d := c.shelf.Swap(nil); d != nil {
		desks.Put(d)
	}
}

// dropDesk gives back what a response has passed on.
func (c *Conn) dropDesk() {
	if d := c.desk; d != nil {
		c.desk = nil
		desks.Put(d)
	}
}

package http1

import "sync"

// A desk is what a response is put together on. It is borrowed while there is something
// on it: a response that has sent all it has holds none.
type desk struct {
	head head
	body []byte // of the handler, not sent yet
	room []byte // for what frames it
}

var desks = sync.Pool{New: func() any {
	return &desk{head: head{lines: make([]byte, 0, 512)}, body: make([]byte, 0, bodyBuffer), room: make([]byte, 0, 1<<10)}
}}

// maxRoom is the largest piece of a desk that is kept for other responses, in bytes.
const maxRoom = 8 << 10

func borrowDesk() *desk { return desks.Get().(*desk) }

// release gives the desk back; it is of no use to its last holder any more.
func (d *desk) release() {
	if cap(d.head.lines) > maxRoom || cap(d.room) > maxRoom {
		return
	}
	d.head, d.body = head{lines: d.head.lines[:0], plain: d.head.plain}, d.body[:0]
	desks.Put(d)
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
	if d := w.desk; d != nil && w.headSent && len(d.body) == 0 {
		w.desk = nil
		d.release()
	}
}

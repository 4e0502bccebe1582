package http1

import "sync"

var buffers = sync.Pool{New: func() any { p := make([]byte, 0, flushSize); return &p }}

// Rest gives the buffer back while there is nothing to send.
func (o *Outbound) Rest() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rest()
}

// rest is Rest with mu held.
func (o *Outbound) rest() {
	if o.busy || len(o.buf) > 0 || o.buf == nil {
		return
	}
	if o.pooled != nil && cap(o.buf) <= joinSize {
		*o.pooled = o.buf
		buffers.Put(o.pooled)
	}
	o.buf, o.pooled = nil, nil
}

func (o *Outbound) append(frames [][]byte) {
	if o.buf == nil {
		o.pooled = buffers.Get().(*[]byte)
		o.buf = *o.pooled
	}
	for _, p := range frames {
		o.buf = append(o.buf, p...)
	}
}

func size(frames [][]byte) int {
	n := 0
	for _, p := range frames {
		n += len(p)
	}
	return n
}

package http1

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// send puts p on the wire as body bytes, behind the head. It fails for good: who
// writes on to a dead connection is to learn of it.
func (w *ResponseWriter) send(p []byte) error {
	err := w.failed()
	if err == nil {
		if err = w.put(p); err != nil {
			w.odds().failed = err
		}
	}
	return err
}

func (w *ResponseWriter) put(p []byte) error {
	d := w.borrow()
	w.putHead(p)
	switch {
	case w.req.Method == http.MethodHead:
		return w.conn.Out.Write(d.room)
	case w.chunking:
		return w.putChunk(p)
	case w.alone && !w.closeAfter && w.done.Load():
		d.room = append(d.room, p...)
		return w.conn.Out.WriteThrough(d.room)
	}
	return w.conn.Out.Write(d.room, p) // keeps nothing of them
}

// putChunk is put behind what is in the room.
func (w *ResponseWriter) putChunk(p []byte) error {
	d := w.desk
	d.room = append(strconv.AppendInt(d.room, int64(len(p)), 16), "\r\n"...)
	return w.conn.Out.Write(d.room, p, crlf)
}

var crlf = []byte("\r\n")

// sendHead puts the head on the wire, if it is not there.
func (w *ResponseWriter) sendHead() {
	if !w.headSent {
		w.borrow()
		w.putHead(nil)
		_ = w.conn.Out.Write(w.desk.room) // a dead Outbound says so to the next write too
	}
}

// putHead puts the head into the room of the desk, once; then there is nothing. first is
// what the body begins with: all of it, if the handler has returned.
func (w *ResponseWriter) putHead(first []byte) {
	desk := w.desk
	if w.headSent {
		desk.room = desk.room[:0]
		return
	}
	w.headSent = true
	w.conn.meter.begins()
	h := &desk.head
	d := framed{computed: -1}
	var p []byte
	if w.simple(h) {
		w.length, d.computed = int64(len(first)), len(first)
		p, h.lines = h.lines, desk.room[:0] // as they are
	} else {
		d = w.frame(h, first)
		p = h.append(desk.room[:0], d.own, d.length, d.codings)
	}
	if !h.hasDate {
		p = append(p, date()...)
	}
	if d.computed >= 0 {
		p = append(strconv.AppendInt(append(p, "Content-Length: "...), int64(d.computed), 10), "\r\n"...)
	}
	if !h.hasType && !h.encoded && h.coding == "" && len(first) > 0 && bodyAllowed(w.code()) {
		p = append(append(append(p, "Content-Type: "...), http.DetectContentType(first)...), "\r\n"...)
	}
	if d.connection != "" {
		p = append(append(append(p, "Connection: "...), d.connection...), "\r\n"...)
	}
	if w.chunking {
		p = append(p, "Transfer-Encoding: chunked\r\n"...)
	}
	desk.room = append(p, "\r\n"...)
}

// Finish completes the response, disposes of the rest of the request body, and
// reports whether the connection can serve another request. The response may still
// wait in the Outbound.
func (w *ResponseWriter) Finish() (keepAlive bool) {
	if w.done.Swap(true) || w.hijacked {
		return false
	}
	if w.status == 0 {
		w.done.Store(false)
		w.WriteHeader(http.StatusOK)
		w.done.Store(true)
	}
	err := w.sendBuffered()
	w.sendHead()
	if w.chunking && err == nil {
		d := w.borrow()
		d.room = append(w.appendTrailers(append(d.room[:0], "0\r\n"...)), "\r\n"...)
		err = w.conn.Out.Write(d.room)
	}
	w.pass()
	if w.written != w.length && w.length != -1 && w.req.Method != http.MethodHead && bodyAllowed(w.code()) {
		return false
	}
	return err == nil && (w.body == nil || w.drained()) && !w.closeAfter
}

// drained disposes of the request body behind the response.
func (w *ResponseWriter) drained() bool {
	if w.body.AtEOF() {
		return true
	}
	if w.closeAfter || w.expects != nil {
		w.linger = true
		return false
	}
	if w.conn.Out.Flush() != nil || !w.body.Drain(drainLimit) {
		w.linger = true
		return false
	}
	return true
}

// Refuse sends p, a whole response, in the place of one of a handler's. It ends the
// connection.
func (w *ResponseWriter) Refuse(p []byte) {
	if !w.done.Swap(true) {
		w.linger = true
		_ = w.conn.Out.Write(p) // the client is gone: there is nobody to tell
	}
}

// Lingers reports whether the peer may still be sending: a close must wait until it
// could read the response.
func (w *ResponseWriter) Lingers() bool { return w.linger }

// CloseAfter makes this the last response of the connection. It is announced if the
// head has not been sent.
func (w *ResponseWriter) CloseAfter() { w.closeAfter = true }

// appendTrailers appends the trailers of both kinds, those announced and those
// behind http.TrailerPrefix.
func (w *ResponseWriter) appendTrailers(p []byte) []byte {
	var trailers http.Header
	for k, vv := range w.header {
		if name, ok := strings.CutPrefix(k, http.TrailerPrefix); ok {
			if trailers == nil {
				trailers = make(http.Header)
			}
			trailers[name] = slices.Clone(vv)
		}
	}
	var declared []string
	if odd := w.odd.Load(); odd != nil {
		declared = odd.trailers
	}
	if trailers == nil && len(declared) > 0 {
		trailers = make(http.Header)
	}
	for _, k := range declared {
		trailers[k] = append(trailers[k], w.header[k]...)
	}
	for _, k := range slices.Sorted(maps.Keys(trailers)) {
		p = appendField(p, k, trailers[k])
	}
	return p
}

// ReadFrom sends src as body bytes, with sendfile where the platform has it.
func (w *ResponseWriter) ReadFrom(src io.Reader) (n int64, err error) {
	rf, ok := w.conn.socket().(io.ReaderFrom)
	if !ok {
		return io.Copy(plainWriter{w}, src)
	}
	if !w.headSent {
		const sniffLength = 512
		n, err = io.Copy(plainWriter{w}, io.LimitReader(src, sniffLength))
		if err != nil || n < sniffLength {
			return n, err
		}
	}
	if !w.direct() {
		m, err := io.Copy(plainWriter{w}, src)
		return n + m, err
	}
	m, err := w.readDirect(rf, src)
	return n + m, err
}

// direct sends head and buffer, and reports whether the rest of the body may go
// past the framing.
func (w *ResponseWriter) direct() bool {
	if w.hijacked || w.done.Load() || w.FlushError() != nil {
		return false
	}
	return !w.chunking && bodyAllowed(w.code()) && w.req.Method != http.MethodHead
}

// readDirect lets the connection read src, not beyond the declared length. A failure
// on the way leaves a truncated body behind, so it ends the connection.
func (w *ResponseWriter) readDirect(rf io.ReaderFrom, src io.Reader) (n int64, err error) {
	limited := src
	left := max(w.length-w.written, 0)
	if w.length != -1 {
		if l, ok := src.(*io.LimitedReader); !ok || l.N > left {
			limited = io.LimitReader(src, left)
		}
	}
	locked := w.conn.Out.Exclusive(func() error {
		n, err = rf.ReadFrom(limited)
		return err
	})
	w.written += n
	w.conn.Out.Locked(func() { w.conn.Out.sent += n })
	if err == nil {
		err = locked
	}
	if err == nil && limited != src && n == left {
		if extra, _ := io.CopyN(io.Discard, src, 1); extra > 0 {
			err = http.ErrContentLength
		}
	}
	return n, err
}

// plainWriter hides ReadFrom from io.Copy.
type plainWriter struct{ io.Writer }

var (
	_ http.Flusher    = (*ResponseWriter)(nil)
	_ http.Hijacker   = (*ResponseWriter)(nil)
	_ io.ReaderFrom   = (*ResponseWriter)(nil)
	_ io.StringWriter = (*ResponseWriter)(nil)
)

// Abandon sends what a handler that panicked had left in the buffer of the
// connection, and nothing more: not what was still in the buffer of the body.
func (w *ResponseWriter) Abandon() {
	if !w.done.Swap(true) {
		_ = w.conn.Out.Flush()
	}
}

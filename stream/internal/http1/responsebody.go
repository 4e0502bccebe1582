package http1

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// send puts p on the wire as body bytes, behind the head. It fails for good: who
// writes on to a dead connection is to learn of it.
func (w *ResponseWriter) send(p []byte) error {
	if w.failed == nil {
		w.failed = w.put(p)
	}
	return w.failed
}

func (w *ResponseWriter) put(p []byte) error {
	room := w.appendHead(w.borrow().room[:0], p)
	w.desk.room = room
	switch {
	case w.req.Method == http.MethodHead:
		return w.conn.Out.Write(room)
	case !w.chunking:
		return w.conn.Out.Write(room, p) // keeps nothing of them
	}
	w.desk.room = append(strconv.AppendInt(room, int64(len(p)), 16), "\r\n"...)
	return w.conn.Out.Write(w.desk.room, p, crlf)
}

var crlf = []byte("\r\n")

// sendHead puts the head on the wire, if it is not there.
func (w *ResponseWriter) sendHead() {
	if !w.headSent {
		d := w.borrow()
		d.room = w.appendHead(d.room[:0], nil)
		_ = w.conn.Out.Write(d.room) // a dead Outbound says so to the next write too
	}
}

// appendHead appends the head to p, once. first is what the body begins with: all of it,
// if the handler has returned.
func (w *ResponseWriter) appendHead(p, first []byte) []byte {
	if w.headSent {
		return p
	}
	w.headSent = true
	w.conn.meter.begins()
	whole := w.done.Load()
	h := &w.desk.head
	isHead, is11 := w.req.Method == http.MethodHead, w.req.ProtoAtLeast(1, 1)
	keepAlives := w.host.KeepAlives()
	for _, v := range h.trailer {
		for name := range strings.SplitSeq(v, ",") {
			w.declareTrailer(strings.TrimSpace(name))
		}
	}
	hasTE := h.coding != ""
	trailers := h.prefixed || len(h.trailer) > 0
	computed := -1 // Content-Length
	if whole && !trailers && !hasTE && bodyAllowed(w.status) && !h.hasLength && (!isHead || len(first) > 0) {
		w.length = int64(len(first))
		computed = len(first)
	}
	hasCL := w.length != -1
	own, connection := h.connection, "" // what the handler has set, and what is added
	if w.keep10 && (isHead || hasCL || !bodyAllowed(w.status)) {
		if !h.hasConnection {
			connection = "keep-alive"
		}
	} else if !is11 || w.wantsClose {
		w.closeAfter = true
	}
	if len(h.connection) > 0 && h.connection[0] == "close" || !keepAlives {
		w.closeAfter = true
	}
	if w.expects && w.body != nil && !w.body.ReadWhole() {
		w.closeAfter = true
	}
	if w.body != nil && !w.closeAfter && !w.fullDuplex.Load() {
		switch {
		case w.body.AtEOF() && w.expects: // net/http does not close it here either
		case w.body.Closed() && !w.body.AtEOF():
			w.closeAfter, w.linger = true, true
		case w.body.Remaining() >= drainLimit: // the handler may go on reading
			w.closeAfter, w.linger = true, true
			own, connection = nil, "close"
		case !w.body.Drain(drainLimit):
			w.closeAfter, w.linger = true, true
			own, connection = nil, "close"
			_ = w.body.Close() // part of it is lost
		default:
			_ = w.body.Close()
		}
	}
	sniff := bodyAllowed(w.status) && !h.encoded && !h.hasType && !hasTE && len(first) > 0
	length, coding := h.length, h.codings
	if !bodyAllowed(w.status) {
		length, coding = "", nil
		if w.status == http.StatusNotModified {
			h.dropType()
		}
	}
	if hasCL && hasTE && h.coding != "identity" {
		w.host.Logf("http: WriteHeader called with both Transfer-Encoding of %q and a Content-Length of %d", h.coding, w.length)
		length, hasCL = "", false
	}
	switch {
	case isHead || !bodyAllowed(w.status), hasCL:
		coding = nil
	case is11 && h.coding == "identity":
		w.closeAfter, coding = true, nil
	case is11:
		w.chunking, length, computed = true, "", -1
		if h.coding == "chunked" {
			coding = nil
		}
	default:
		w.closeAfter, coding = true, nil
	}
	saysClose := len(h.connection) > 0 && httpguts.HeaderValuesContainsToken(h.connection[:1], "close")
	switching := w.status == http.StatusSwitchingProtocols && h.upgrades
	if w.closeAfter && (!keepAlives || !saysClose) && !switching {
		own = nil
		if is11 {
			connection = "close"
		} else if connection == "keep-alive" {
			connection = ""
		}
	}

	p = appendStatusLine(p, is11, w.status)
	p = h.append(p, own, length, coding)
	if !h.hasDate {
		p = append(append(append(p, "Date: "...), Date()...), "\r\n"...)
	}
	if computed >= 0 {
		p = append(strconv.AppendInt(append(p, "Content-Length: "...), int64(computed), 10), "\r\n"...)
	}
	if sniff {
		p = append(append(append(p, "Content-Type: "...), http.DetectContentType(first)...), "\r\n"...)
	}
	if connection != "" {
		p = append(append(append(p, "Connection: "...), connection...), "\r\n"...)
	}
	if w.chunking {
		p = append(p, "Transfer-Encoding: chunked\r\n"...)
	}
	return append(p, "\r\n"...)
}

func (w *ResponseWriter) declareTrailer(name string) {
	name = http.CanonicalHeaderKey(name)
	if httpguts.ValidTrailerHeader(name) {
		w.trailers = append(w.trailers, name)
	}
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
	w.clear()
	if w.length != -1 && w.req.Method != http.MethodHead && bodyAllowed(w.status) && w.written != w.length {
		return false
	}
	return err == nil && w.drained() && !w.closeAfter
}

// drained disposes of the request body behind the response.
func (w *ResponseWriter) drained() bool {
	if w.body == nil || w.body.AtEOF() {
		return true
	}
	if w.closeAfter || w.expects {
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
	if trailers == nil && len(w.trailers) > 0 {
		trailers = make(http.Header)
	}
	for _, k := range w.trailers {
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
	return !w.chunking && bodyAllowed(w.status) && w.req.Method != http.MethodHead
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

package http1

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"path"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	bodyBuffer = 2 << 10   // a body up to this gets a Content-Length, as in net/http
	drainLimit = 256 << 10 // most bytes of an unread request body that are thrown away
)

// A Host is what a [ResponseWriter] needs to know of what serves it.
type Host interface {
	// KeepAlives reports whether connections are kept alive at all.
	KeepAlives() bool
	// Logf logs a handler's mistake.
	Logf(format string, args ...any)
	// Hijack gives the connection to a handler.
	Hijack() (net.Conn, *bufio.ReadWriter, error)
}

// A ResponseWriter answers one request on a [Conn] as net/http's server would. Like
// any http.ResponseWriter it belongs to one goroutine at a time. After Finish it
// refuses everything, so a handler that keeps it cannot reach a later response.
type ResponseWriter struct {
	conn *Conn
	host Host
	req  *http.Request
	body *Body // nil: the request has none

	header  http.Header
	desk    *desk                // from the final head on, while there is something to send
	length  int64                // declared Content-Length, -1: none
	written int64                // body bytes, as declared lengths count them
	expects *expectation         // nil: the request came without Expect: 100-continue
	odd     atomic.Pointer[odds] // nil: none

	status     int32 // 0: no final head yet
	done       atomic.Bool
	fullDuplex atomic.Bool
	ownTime    atomic.Bool // the handler has set a deadline for the body
	headSent   bool
	chunking   bool
	closeAfter bool // close the connection behind the response
	linger     bool // and let the peer read it before
	hijacked   bool
	alone      bool // no further request has come along with this one
	keep10     bool // the request is HTTP/1.0 and wants keep-alive
	wantsClose bool
}

// odds are what few responses have; they cost the others a pointer.
type odds struct {
	failed   error    // what a body byte met on its way out
	trailers []string // declared

	notify sync.Once // makes gone
	gone   chan bool // CloseNotify's
}

// odds returns w's, to be changed. CloseNotify, which any goroutine may call, makes them, too.
func (w *ResponseWriter) odds() *odds {
	if odd := w.odd.Load(); odd != nil {
		return odd
	}
	w.odd.CompareAndSwap(nil, new(odds))
	return w.odd.Load()
}

// failed returns what a body byte met on its way out, nil while nothing has failed.
func (w *ResponseWriter) failed() error {
	if odd := w.odd.Load(); odd != nil {
		return odd.failed
	}
	return nil
}

// Init prepares w, which must be zero, to answer req, which has these traits.
func (w *ResponseWriter) Init(conn *Conn, host Host, req *http.Request, traits Traits, body *Body) {
	w.conn, w.host, w.req, w.body, w.length = conn, host, req, body, -1
	w.closeAfter = req.Method == http.MethodConnect // what follows is no HTTP (RFC 9110, section 9.3.6)
	w.wantsClose = req.Close || traits&closes != 0
	w.alone = body == nil && conn.Buffered() == 0
	w.desk, conn.desk = conn.desk, nil
	w.keep10 = traits&keeps != 0 && req.ProtoMajor == 1 && req.ProtoMinor == 0
}

// SetHeader makes h the map that Header returns.
func (w *ResponseWriter) SetHeader(h http.Header) { w.header = h }

// Reclaim takes a Surrender back.
func (w *ResponseWriter) Reclaim() { w.hijacked = false }

// Header returns the fields that WriteHeader will send.
func (w *ResponseWriter) Header() http.Header {
	if w.header == nil {
		w.header = make(http.Header)
	}
	return w.header
}

// code returns the status.
func (w *ResponseWriter) code() int { return int(w.status) }

// Begun reports whether the final head is fixed.
func (w *ResponseWriter) Begun() bool { return w.status != 0 }

// Outcome returns the status, 0 if none is fixed, and how many bytes of the body were sent.
// It is for whoever has called Finish or Abandon.
func (w *ResponseWriter) Outcome() (status int, body int64) {
	if w.req.Method == http.MethodHead || !bodyAllowed(w.code()) {
		return w.code(), 0
	}
	return w.code(), w.written
}

// Hijacked reports whether the connection was given away.
func (w *ResponseWriter) Hijacked() bool { return w.hijacked }

// Surrender makes w refuse everything as after a Hijack.
func (w *ResponseWriter) Surrender() {
	w.hijacked = true
	if d := w.desk; d != nil && w.status == 0 {
		w.desk = nil
		d.release()
	}
}

// WriteHeader fixes status and fields of the response, or sends an interim one.
func (w *ResponseWriter) WriteHeader(code int) {
	if w.hijacked {
		w.blame("http: response.WriteHeader on hijacked connection from %s (%s:%d)")
		return
	}
	if w.done.Load() {
		return
	}
	if w.status != 0 {
		w.blame("http: superfluous response.WriteHeader call from %s (%s:%d)")
		return
	}
	if code < 100 || code > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", code))
	}
	if code < 101 || code > 199 {
		w.ForgoContinue()
	}
	if code >= 100 && code <= 199 && code != http.StatusSwitchingProtocols {
		w.interim(code)
		return
	}
	w.fix(code)
}

// fix fixes the final head.
func (w *ResponseWriter) fix(code int) {
	w.status = int32(code)
	h := &w.borrow().head
	h.lines = appendStatusLine(h.lines, w.req.ProtoAtLeast(1, 1), code)
	h.take(w.header)
	if cl := h.length; cl != "" {
		if n, ok := parseLength(cl); ok {
			w.length = n
		} else {
			w.host.Logf("http: invalid Content-Length of %q", cl)
			h.length = ""
			w.header.Del("Content-Length")
		}
	}
}

func (w *ResponseWriter) interim(code int) {
	d := borrowDesk()
	defer d.release()
	h := &d.head
	h.lines = appendStatusLine(h.lines, w.req.ProtoAtLeast(1, 1), code)
	h.take(w.header)
	p := h.append(d.room[:0], h.connection, "", nil)
	p = append(p, "\r\n"...)
	if w.conn.Out.Write(p) == nil {
		_ = w.conn.Out.Flush()
	}
}

// Write sends p as part of the body; the first Write fixes the head.
func (w *ResponseWriter) Write(p []byte) (int, error) {
	if ok, err := w.admit(len(p)); !ok {
		return 0, err
	}
	return w.bufferBytes(p)
}

// WriteString is Write for a string.
func (w *ResponseWriter) WriteString(s string) (int, error) {
	if ok, err := w.admit(len(s)); !ok {
		return 0, err
	}
	if d := w.borrow(); len(s) <= bodyBuffer-len(d.body) {
		d.body = append(d.body, s...)
		return len(s), nil
	}
	return w.bufferBytes([]byte(s))
}

// admit checks a write of n body bytes.
func (w *ResponseWriter) admit(n int) (bool, error) {
	if w.hijacked {
		if n > 0 {
			w.blame("http: response.Write on hijacked connection from %s (%s:%d)")
		}
		return false, http.ErrHijacked
	}
	if w.done.Load() {
		return false, ErrClosed
	}
	if w.status == 0 {
		w.ForgoContinue()
		w.fix(http.StatusOK)
	}
	if n == 0 {
		return false, nil
	}
	if !bodyAllowed(w.code()) {
		return false, http.ErrBodyNotAllowed
	}
	w.written += int64(n)
	if w.length != -1 && w.written > w.length {
		return false, http.ErrContentLength
	}
	err := w.failed()
	return err == nil, err
}

func (w *ResponseWriter) bufferBytes(p []byte) (n int, err error) {
	d := w.borrow()
	for len(p) > bodyBuffer-len(d.body) {
		m := len(p)
		if len(d.body) == 0 {
			err = w.send(p)
		} else {
			m = bodyBuffer - len(d.body)
			d.body = append(d.body, p[:m]...)
			err = w.sendBuffered()
		}
		if err != nil {
			return n, err
		}
		n += m
		p = p[m:]
	}
	d.body = append(d.body, p...)
	return n + len(p), nil
}

func (w *ResponseWriter) sendBuffered() error {
	d := w.desk
	if d == nil || len(d.body) == 0 {
		return nil
	}
	err := w.send(d.body)
	d.body = d.body[:0]
	return err
}

// Flush sends what was written so far to the client.
func (w *ResponseWriter) Flush() { _ = w.FlushError() }

// FlushError is Flush with its error, for http.ResponseController.
func (w *ResponseWriter) FlushError() error {
	if w.hijacked {
		return http.ErrHijacked
	}
	if w.done.Load() {
		return ErrClosed
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if err := w.sendBuffered(); err != nil {
		return err
	}
	if err := w.failed(); err != nil {
		return err
	}
	w.sendHead()
	w.clear()
	return w.conn.Out.Flush()
}

// blame logs format with the place in the handler's code that made the call.
func (w *ResponseWriter) blame(format string) {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		own := strings.Contains(f.Function, "/onramp/stream") || strings.HasPrefix(f.Function, "net/http.")
		if !own || !more {
			w.host.Logf(format, f.Function, path.Base(f.File), f.Line)
			return
		}
	}
}

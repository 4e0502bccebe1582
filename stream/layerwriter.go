package stream

import (
	"bufio"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
)

// A layerWriter stands between a handler and the http.ResponseWriter below, to see
// when the handler answers and to run response hooks just before.
type layerWriter struct {
	http.ResponseWriter
	x   *Exchange
	run Runner // response hooks, may be nil
	ran bool

	status   atomic.Int32 // 0: no final head
	replaced bool         // a hook has sent another body than the handler's
	hijacked bool
}

// Intercept wraps w for a handler: run, which may be nil, is called once before the
// final head is passed on. The wrapper has the optional interfaces of w and no
// others. done is called when the handler has returned; until then the exchange
// knows whether it has answered.
func (x *Exchange) Intercept(w http.ResponseWriter, run Runner) (wrapped http.ResponseWriter, done func(returned bool)) {
	l := &layerWriter{ResponseWriter: w, x: x, run: run}
	x.layers = append(x.layers, l)
	n := len(x.layers)
	return l.capable(), func(returned bool) {
		if returned && l.run != nil && !l.begun() && !l.x.Answered() {
			l.commit(http.StatusOK)
		}
		if l.begun() {
			x.mu.Lock()
			x.answered = true
			x.mu.Unlock()
		}
		x.layers = x.layers[:n-1]
	}
}

func (l *layerWriter) begun() bool { return l.status.Load() != 0 }

// Unwrap returns the writer below, for http.ResponseController.
func (l *layerWriter) Unwrap() http.ResponseWriter { return l.ResponseWriter }

func (l *layerWriter) WriteHeader(code int) {
	if l.begun() || l.hijacked || code >= 100 && code <= 199 && code != http.StatusSwitchingProtocols {
		if !l.replaced {
			l.ResponseWriter.WriteHeader(code)
		}
		return
	}
	l.commit(code)
}

// commit passes the final head on, after the hooks.
func (l *layerWriter) commit(code int) {
	if l.ran || l.run == nil {
		l.ran = true
		l.status.Store(int32(code))
		l.ResponseWriter.WriteHeader(code)
		return
	}
	l.ran = true
	c := &l.x.context
	staged := c.response
	header := l.ResponseWriter.Header()
	c.response = Response{Status: code, Header: header, x: l.x}
	l.run(&l.x.stream, c)
	made := c.response
	c.response = staged
	if l.x.Answered() { // by the hook
		l.replaced = true
		l.status.Store(int32(code))
		return
	}
	code = made.status()
	if !sameMap(header, made.Header) {
		clear(header)
		maps.Copy(header, made.Header)
	}
	if made.Body != nil {
		l.replaced = true
		header.Del("Transfer-Encoding")
		header.Set("Content-Length", strconv.Itoa(len(made.Body)))
	}
	l.status.Store(int32(code))
	l.ResponseWriter.WriteHeader(code)
	if len(made.Body) > 0 {
		_, _ = l.ResponseWriter.Write(made.Body)
	}
}

// ready makes the head final before body bytes.
func (l *layerWriter) ready() {
	if !l.begun() && !l.hijacked {
		l.commit(http.StatusOK)
	}
}

func (l *layerWriter) Write(p []byte) (int, error) {
	l.ready()
	if l.replaced {
		return len(p), nil
	}
	return l.ResponseWriter.Write(p)
}

func (l *layerWriter) WriteString(s string) (int, error) {
	l.ready()
	if l.replaced {
		return len(s), nil
	}
	return io.WriteString(l.ResponseWriter, s)
}

// The optional interfaces; see capable.

type layerFlusher struct{ *layerWriter }

func (l layerFlusher) Flush() { _ = l.FlushError() }

func (l layerFlusher) FlushError() error {
	l.ready()
	return http.NewResponseController(l.ResponseWriter).Flush()
}

type layerHijacker struct{ *layerWriter }

func (l layerHijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := l.ResponseWriter.(http.Hijacker).Hijack()
	if err == nil {
		l.hijacked = true
		if x := l.x; !x.taking {
			l.status.Store(http.StatusSwitchingProtocols)
		}
	}
	return conn, rw, err
}

type layerReaderFrom struct{ *layerWriter }

func (l layerReaderFrom) ReadFrom(src io.Reader) (int64, error) {
	l.ready()
	if l.replaced {
		return io.Copy(io.Discard, src)
	}
	return l.ResponseWriter.(io.ReaderFrom).ReadFrom(src)
}

type layerPusher struct{ *layerWriter }

func (l layerPusher) Push(target string, opts *http.PushOptions) error {
	return l.ResponseWriter.(http.Pusher).Push(target, opts)
}

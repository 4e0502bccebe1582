package stream

import (
	"bufio"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
)

// A layerWriter stands between a handler and the http.ResponseWriter below, to see
// when the handler answers and to run response hooks just before.
type layerWriter struct {
	http.ResponseWriter
	x    *Exchange
	seen *sighting // that it takes notes for, nil: none
	run  Runner    // response hooks, may be nil
	ran  atomic.Bool

	headed   atomic.Bool // the final head was passed on
	replaced bool        // a hook has sent another body than the handler's
	hijacked bool
}

// Intercept wraps w for a handler: run, which may be nil, is called once before the
// final head is passed on. The wrapper has the optional interfaces of w and no
// others. done is called when the handler has returned; until then the exchange
// knows whether it has answered.
func (x *Exchange) Intercept(w http.ResponseWriter, run Runner) (wrapped http.ResponseWriter, done func(returned bool)) {
	l := &layerWriter{ResponseWriter: w, x: x, run: run}
	x.mu.Lock()
	x.layers = append(x.layers, l)
	n := len(x.layers)
	x.mu.Unlock()
	return l.capable(), func(returned bool) {
		if returned && l.run != nil && !l.ran.Load() && !l.x.Answered() && x.holds(n, l) {
			l.commit(http.StatusOK, true)
		}
		if x.holds(n, l) {
			x.mu.Lock()
			defer x.mu.Unlock()
			x.answered = x.answered || l.begun()
			x.layers = x.layers[:n-1]
		}
	}
}

// holds reports whether l is still the n-th layer: a NextRequest loop leaves the
// layers of its first request behind.
func (x *Exchange) holds(n int, l *layerWriter) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.layers) >= n && x.layers[n-1] == l
}

func (l *layerWriter) begun() bool { return l.headed.Load() }

// Unwrap returns the writer below, for http.ResponseController.
func (l *layerWriter) Unwrap() http.ResponseWriter { return l.ResponseWriter }

func (l *layerWriter) WriteHeader(code int) {
	interim := code >= 100 && code <= 199 && code != http.StatusSwitchingProtocols
	if invalid := code < 100 || code > 999; invalid || interim || l.begun() || l.hijacked {
		if !l.replaced {
			l.ResponseWriter.WriteHeader(code)
		}
		return
	}
	l.commit(code, true)
}

// commit passes the final head on, after the hooks. Unless it is explicit, a 200 is
// left to the write that follows, as the handler has left it.
func (l *layerWriter) commit(code int, explicit bool) {
	if l.seen != nil {
		l.seen.answers(code)
	}
	if l.ran.Swap(true) || l.run == nil {
		if explicit {
			l.ResponseWriter.WriteHeader(code) // panics if code is none
		}
		l.headed.Store(true)
		return
	}
	header := l.ResponseWriter.Header()
	c := l.x.fork(Response{Status: code, Header: header, x: l.x})
	before := l.x.answeredBeyond(l)
	l.run(l.x.Stream(), c)
	made := c.Response()
	if !before && l.x.answeredBeyond(l) { // by the hook
		l.replaced = true
		l.headed.Store(true)
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
	if explicit || l.replaced || code != http.StatusOK {
		l.ResponseWriter.WriteHeader(code)
	}
	l.headed.Store(true)
	if len(made.Body) > 0 {
		_, _ = l.ResponseWriter.Write(made.Body)
	}
}

// ready makes the head final before body bytes.
func (l *layerWriter) ready() {
	if !l.begun() && !l.hijacked {
		l.commit(http.StatusOK, false)
	}
}

func (l *layerWriter) Write(p []byte) (int, error) {
	l.ready()
	if l.replaced {
		return len(p), nil
	}
	n, err := l.ResponseWriter.Write(p)
	l.count(int64(n))
	return n, err
}

func (l *layerWriter) WriteString(s string) (int, error) {
	l.ready()
	if l.replaced {
		return len(s), nil
	}
	n, err := io.WriteString(l.ResponseWriter, s)
	l.count(int64(n))
	return n, err
}

// count notes that n bytes of the body were written.
func (l *layerWriter) count(n int64) {
	if l.seen != nil {
		l.seen.wrote.Add(n)
	}
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
	if err == nil && !l.x.taking {
		l.hijacked = true
		if l.seen != nil {
			l.seen.hijacked.Store(true)
		}
		l.headed.Store(true)
	}
	return conn, rw, err
}

type layerReaderFrom struct{ *layerWriter }

func (l layerReaderFrom) ReadFrom(src io.Reader) (int64, error) {
	if !l.begun() {
		if !isFile(src) {
			src = &firstByte{src, l.layerWriter}
		} else {
			l.ready()
		}
	}
	if l.replaced {
		return io.Copy(io.Discard, src)
	}
	n, err := l.ResponseWriter.(io.ReaderFrom).ReadFrom(src)
	l.count(n)
	return n, err
}

// isFile reports whether the platform may copy src by itself if nothing wraps it.
func isFile(src io.Reader) bool {
	if l, ok := src.(*io.LimitedReader); ok {
		src = l.R
	}
	_, ok := src.(*os.File)
	return ok
}

// A firstByte makes the head final with the first byte of src, not before there is
// one: a source that fails leaves the handler free to answer otherwise.
type firstByte struct {
	src io.Reader
	l   *layerWriter
}

func (f *firstByte) Read(p []byte) (int, error) {
	n, err := f.src.Read(p)
	if n > 0 {
		f.l.ready()
		if f.l.replaced {
			return 0, io.EOF
		}
	}
	return n, err
}

// layerNotifier passes on what net/http's own writers still have for old handlers.
type layerNotifier struct{ *layerWriter }

func (l layerNotifier) CloseNotify() <-chan bool {
	return l.ResponseWriter.(closeNotifier).CloseNotify()
}

type layerPusher struct{ *layerWriter }

func (l layerPusher) Push(target string, opts *http.PushOptions) error {
	return l.ResponseWriter.(http.Pusher).Push(target, opts)
}

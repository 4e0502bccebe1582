package stream

import (
	"io"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// body stands in the place of a request body, so that its source can change when the
// connection is taken over, its size can be bounded, and it is known how much of it
// was read.
type body struct {
	mu     sync.Mutex // held while reading
	src    io.ReadCloser
	moving sync.Mutex  // held with mu to change src: Close does not wait for a Read
	waits  func() bool // of a src on the wire: the client has not been asked for it; guarded like src
	// The server puts trailers that were not announced into the request as it
	// made it; copy is what handlers have of it.
	original, copy *http.Request

	closing bool  // the connection ends with the request
	length  int64 // announced when the exchange began; -1: chunked
	expects bool  // the client waits for a 100 Continue
	read    int64
	touched bool // somebody has tried to read
	eof     bool
	limit   int64                              // 0: none
	over    atomic.Pointer[http.MaxBytesError] // the limit was exceeded
	closed  atomic.Bool                        // net/http reads on when its body is closed
}

// Read implements io.Reader. It returns a *http.MaxBytesError beyond the limit.
func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.over.Load(); err != nil {
		return 0, err
	}
	b.touched = true
	if left := b.limit - b.read; b.limit > 0 && int64(len(p)) > left+1 {
		p = p[:left+1] // one more tells an end from an excess
	}
	n, err := b.src.Read(p)
	b.read += int64(n)
	if err == io.EOF {
		b.ended()
	}
	if b.limit > 0 && b.read > b.limit {
		err := &http.MaxBytesError{Limit: b.limit}
		b.over.Store(err)
		return n - int(b.read-b.limit), err
	}
	return n, err
}

// Close implements io.Closer. As in net/http it reads what is left, unless that is
// much, the client waits to be asked for it, or somebody reads: the trailers are
// known afterwards.
func (b *body) Close() error {
	again := b.closed.Swap(true)
	b.moving.Lock()
	src, waits := b.src, b.waits
	b.moving.Unlock()
	if wire, ok := src.(*http1.Body); ok && !again && !waits() && b.mu.TryLock() {
		left := wire.Remaining()
		if pointless := b.closing && left >= 0; !pointless && left <= drainLimit && wire.Drain(drainLimit) {
			b.ended()
		}
		b.mu.Unlock()
	}
	return src.Close()
}

// unasked reports whether the client waits to be asked for the body.
func (b *body) unasked() bool {
	b.moving.Lock()
	waits := b.waits
	b.moving.Unlock()
	if waits != nil {
		return waits()
	}
	if !b.mu.TryLock() {
		return false // somebody reads
	}
	defer b.mu.Unlock()
	return b.expects && !b.touched
}

// ended notes that the end was reached. mu is held.
func (b *body) ended() {
	if b.eof {
		return
	}
	b.eof = true
	if b.copy != nil && b.copy.Trailer == nil {
		b.copy.Trailer = b.original.Trailer
	}
}

// done reports whether the end was reached and nobody reads.
func (b *body) done() bool {
	if !b.mu.TryLock() {
		return false
	}
	defer b.mu.Unlock()
	return b.eof
}

// native reports whether b reads net/http's own body, with nothing in between that
// could have kept bytes back.
func (b *body) native() bool {
	switch reflect.TypeOf(b.src).String() {
	case "*http.body", "*http.expectContinueReader":
		return true
	}
	return false
}

// movable reports how the rest of the body can be read from the connection itself,
// once that was hijacked: left is the number of bytes, or -1 for chunks. It is false
// where the position on the wire cannot be known. root says that nothing ran between
// net/http and b. If movable, b stays locked until [body.moved].
func (b *body) movable(root bool) (left int64, ok bool) {
	if !b.mu.TryLock() {
		return 0, false // somebody is reading
	}
	switch {
	case b.eof && b.native():
		return 0, true
	case !root || b.closed.Load() || !b.native():
	case b.length > 0:
		return b.length - b.read, true
	case b.length < 0 && !b.touched:
		return -1, true
	}
	b.mu.Unlock()
	return 0, false
}

// moved gives b its new source; nil leaves it at its end.
func (b *body) moved(src *http1.Body, waits func() bool) {
	if src != nil {
		b.moving.Lock()
		b.src, b.waits = src, waits
		b.moving.Unlock()
	}
	b.mu.Unlock()
}

// bodyless reports whether r came without a body, whatever middleware has made of
// r.Body, as far as that can be seen.
func bodyless(r *http.Request) bool {
	length := r.Header.Get("Content-Length")
	return r.ContentLength == 0 && len(r.TransferEncoding) == 0 && (length == "" || length == "0")
}

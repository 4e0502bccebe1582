package http1

import (
	"bufio"
	"io"
	"net/http"
	"sync"
)

// A Body is the body of one request, read from the connection it came on and framed
// by its Content-Length or its chunks. It never reads a byte beyond its end.
//
// One goroutine at a time reads; a second Read or a Drain waits for its turn. Close,
// AtEOF, Remaining and Err may be called from any goroutine and never wait for the
// peer, not even while a Read does. The first error is kept: the position in the
// stream is unknown then, and every further Read returns it.
type Body struct {
	// BeforeRead, if not nil, is called before bytes are taken from the connection,
	// by Read and by Drain. Its error ends the body, is returned in the place of
	// data, and no AfterRead follows.
	BeforeRead func() error
	// AfterRead, if not nil, is called after each of those reads with the bytes it
	// brought and the error it ended with: nil, io.EOF at the end of the body, or the
	// reason.
	//
	// Both are set before the first Read and may call anything but Read and Drain.
	AfterRead func(n int64, err error)

	reading sync.Mutex // held by whoever reads; guards br and source
	br      *bufio.Reader
	source  source

	mu     sync.Mutex // guards what follows, never held while reading
	left   int64      // bytes left of a fixed body, -1 for chunked
	err    error      // io.EOF at the end, or the reason there is no more
	closed bool
	thrown bool // the end was reached by Drain
}

// A source takes the content of a body out of its framing. Its errors are final:
// io.EOF at the end, perhaps along with the last bytes.
type source interface {
	read(p []byte) (int, error)       // p is not empty; may wait until it is full
	discard(max int64) (int64, error) // 0, nil only if max is 0 and more is left
	left() int64                      // -1: not known
}

// NewBody returns the body of r, whose head was just read from br, or nil if it has
// none. It does not set r.Body. When a chunked body has ended, and before io.EOF is
// returned, its trailers are in r.Trailer; lim, which bounds them, is copied.
func NewBody(br *bufio.Reader, r *http.Request, lim *Limits) *Body {
	switch {
	case r.ContentLength > 0:
		return NewFixedBody(br, r.ContentLength)
	case r.ContentLength < 0:
		return &Body{br: br, left: -1, source: &chunkReader{br: br, req: r, lim: *lim}}
	}
	return nil
}

// NewFixedBody returns a body of which n bytes are still to come from br. If n is
// not positive it is at its end.
func NewFixedBody(br *bufio.Reader, n int64) *Body {
	b := &Body{br: br, left: max(n, 0), source: &fixedReader{br: br, n: max(n, 0)}}
	if n <= 0 {
		b.err = io.EOF
	}
	return b
}

// Read reads up to len(p) bytes. The error is io.EOF at the end,
// [io.ErrUnexpectedEOF] when the peer left before it, an *[Error] with Status 400 or
// 431 for bad chunks and trailers, [http.ErrBodyReadAfterClose] after Close, and
// else what br or BeforeRead returned.
func (b *Body) Read(p []byte) (int, error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	b.mu.Lock()
	err := b.err
	if b.closed {
		err = http.ErrBodyReadAfterClose
	}
	b.mu.Unlock()
	if err != nil || len(p) == 0 {
		return 0, err
	}
	if err := b.before(); err != nil {
		return 0, err
	}
	n, err := b.source.read(p)
	b.after(int64(n), err)
	return n, err
}

// Close ends reading: every later Read returns [http.ErrBodyReadAfterClose]. It reads
// nothing, does not wait for a Read under way, and returns nil.
func (b *Body) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return nil
}

// Drain reads and throws away what is left of the body, before or after Close. It
// returns true if the end was reached within max bytes of content, false on an
// error or when more is left; a fixed body with more than max bytes left is not read
// at all. It waits for the peer, so mind the deadline.
func (b *Body) Drain(max int64) bool {
	b.reading.Lock()
	defer b.reading.Unlock()
	for {
		b.mu.Lock()
		err, left := b.err, b.left
		b.mu.Unlock()
		if err != nil {
			return err == io.EOF
		}
		if left > max || max < 0 || b.before() != nil {
			return false
		}
		n, err := b.source.discard(max)
		if err == io.EOF {
			b.mu.Lock()
			b.thrown = true
			b.mu.Unlock()
		}
		b.after(n, err)
		if n == 0 && err == nil {
			return false
		}
		max -= n
	}
}

// Closed reports whether the body was closed.
func (b *Body) Closed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// AtEOF reports whether the whole body was read, its trailers included, so that
// the next byte on the connection is the next request's.
func (b *Body) AtEOF() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err == io.EOF
}

// ReadWhole reports whether the body was read to its end, nothing of it thrown away
// there.
func (b *Body) ReadWhole() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err == io.EOF && !b.thrown
}

// Remaining returns how many bytes are left of a body with a Content-Length, or -1
// for a chunked one.
func (b *Body) Remaining() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left
}

// Err returns the error that ended the body early, or nil.
func (b *Body) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == io.EOF {
		return nil
	}
	return b.err
}

func (b *Body) before() error {
	if b.BeforeRead == nil {
		return nil
	}
	err := b.BeforeRead()
	if err != nil {
		b.settle(err)
	}
	return err
}

func (b *Body) after(n int64, err error) {
	b.settle(err)
	if b.AfterRead != nil {
		b.AfterRead(n, err)
	}
}

// settle publishes how far the source has come.
func (b *Body) settle(err error) {
	left := b.source.left()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left, b.err = left, err
}

// A fixedReader is the source of a body with a Content-Length.
type fixedReader struct {
	br *bufio.Reader
	n  int64 // bytes still to come
}

func (f *fixedReader) left() int64 { return f.n }

func (f *fixedReader) read(p []byte) (int, error) {
	n, err := f.br.Read(p[:min(int64(len(p)), f.n)])
	return n, f.taken(int64(n), err)
}

func (f *fixedReader) discard(max int64) (int64, error) {
	n, err := discardSome(f.br, min(max, f.n))
	return n, f.taken(n, err)
}

func (f *fixedReader) taken(n int64, err error) error {
	if f.n -= n; f.n == 0 {
		return io.EOF // along with the last byte: whoever waits for the end waits no longer
	}
	return cutShort(err)
}

// discardSome skips up to max bytes, waiting for the first of them only.
func discardSome(br *bufio.Reader, max int64) (int64, error) {
	if max <= 0 {
		return 0, nil
	}
	if br.Buffered() == 0 {
		if _, err := br.Peek(1); err != nil {
			return 0, err
		}
	}
	n, err := br.Discard(int(min(max, int64(br.Buffered()))))
	return int64(n), err
}

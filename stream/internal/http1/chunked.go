package http1

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
)

const (
	maxSizeDigits = 16      // of a chunk size; net/http's bound
	maxChunkSize  = 1 << 61 // exclusive: beyond any body, short of overflow
	maxChunkLine  = 4 << 10 // bytes of a chunk size line, its end included; net/http's bound
	maxChunkWork  = 16 << 10
)

// A chunkReader is the source of a chunked body (RFC 9112, 7.1).
//
// It does not wrap httputil.NewChunkedReader, which lets white space behind a size
// and control bytes in an extension pass, bounds a line by the buffer it happens to
// read from, and whose errors do not tell bad framing from a bad connection.
type chunkReader struct {
	br  *bufio.Reader
	req *http.Request // gets the trailers
	lim Limits        // of the trailers

	n      int64 // bytes left of this chunk
	tail   bool  // there was a chunk: its CRLF goes before the next size
	excess int64 // bytes of framing beyond what its content excuses
	err    error // io.EOF, or the reason there is no more
}

func (c *chunkReader) left() int64 { return -1 }

// read fills p, waiting for what is still to come of a chunk whose size it has, but not
// for the next size, exactly as net/http's: a handler that copies its request answers
// what it has read, and must not begin to where net/http's is still reading. The end
// of the body is consumed along with its last bytes if it lies in br's buffer.
func (c *chunkReader) read(p []byte) (int, error) {
	total := 0
	for c.more(total > 0) && total < len(p) {
		rest := p[total:]
		n, err := c.br.Read(rest[:min(int64(len(rest)), c.n)])
		total += n
		c.taken(int64(n), err)
	}
	return total, c.err
}

func (c *chunkReader) discard(max int64) (int64, error) {
	if !c.more(false) {
		return 0, c.err
	}
	n, err := discardSome(c.br, min(max, c.n))
	c.taken(n, err)
	return n, c.err
}

func (c *chunkReader) taken(n int64, err error) {
	c.n -= n
	c.err = cutShort(err)
}

// more reports whether the next byte on br is content, reading what frames it. If
// buffered is set it does not wait for the peer and reports false instead.
func (c *chunkReader) more(buffered bool) bool {
	if c.err != nil {
		return false
	}
	if c.n > 0 {
		return true
	}
	if buffered && !c.ready() {
		return false
	}
	c.err = c.next()
	return c.err == nil
}

// next reads the framing up to the next byte of content. It returns io.EOF once the
// trailer section was read.
func (c *chunkReader) next() error {
	if c.tail {
		if err := c.crlf(errChunkEnd); err != nil {
			return err
		}
	}
	size, line, err := c.sizeLine()
	if err != nil {
		return err
	}
	// A peer may put one byte into a chunk, but not long extensions around each: 16
	// bytes a chunk and twice its content are free, as with net/http (CVE-2023-39326).
	c.excess = max(c.excess+int64(line)+2-16-2*size, 0)
	if c.excess > maxChunkWork {
		return badRequest(opBody, errChunkWork)
	}
	if size > 0 {
		c.n, c.tail = size, true
		return nil
	}
	if err := readTrailer(c.br, c.req, &c.lim); err != nil {
		return cutShort(err)
	}
	return io.EOF
}

// sizeLine reads chunk-size [ chunk-ext ] CRLF. It returns the size and the length
// of the line without its end. Extensions are skipped, as nobody has defined one.
func (c *chunkReader) sizeLine() (size int64, line int, err error) {
	var b byte
	for ; ; line++ {
		if b, err = c.br.ReadByte(); err != nil {
			return 0, 0, cutShort(err)
		}
		digit, ok := hexDigit(b)
		if !ok {
			break
		}
		if line == maxSizeDigits || size >= maxChunkSize>>4 {
			return 0, 0, badRequest(opBody, errChunkHuge)
		}
		size = size<<4 | digit
	}
	if line == 0 || b != ';' && b != '\r' {
		return 0, 0, badRequest(opBody, errChunkSize)
	}
	for b != '\r' {
		if line++; line+len("\r\n") > maxChunkLine {
			return 0, 0, badRequest(opBody, errChunkLong)
		}
		if b, err = c.br.ReadByte(); err != nil {
			return 0, 0, cutShort(err)
		}
		if b < ' ' && b != '\t' && b != '\r' || b == 0x7f {
			return 0, 0, badRequest(opBody, errChunkExt)
		}
	}
	if b, err = c.br.ReadByte(); err != nil {
		return 0, 0, cutShort(err)
	}
	if b != '\n' {
		return 0, 0, badRequest(opBody, errChunkSize)
	}
	return size, line, nil
}

func (c *chunkReader) crlf(cause error) error {
	for _, want := range []byte("\r\n") {
		b, err := c.br.ReadByte()
		if err != nil {
			return cutShort(err)
		}
		if b != want {
			return badRequest(opBody, cause)
		}
	}
	return nil
}

// ready reports whether next would not wait for the peer: all it reads lies in br's
// buffer.
func (c *chunkReader) ready() bool {
	buf, _ := c.br.Peek(c.br.Buffered())
	if c.tail {
		if len(buf) < 2 {
			return false
		}
		buf = buf[2:]
	}
	i := bytes.IndexByte(buf, '\n')
	if i < 0 {
		return false
	}
	last, _, _ := bytes.Cut(buf[:i], []byte(";"))
	if len(bytes.TrimLeft(bytes.TrimSuffix(last, []byte("\r")), "0")) > 0 {
		return true
	}
	return bytes.HasPrefix(buf[i+1:], []byte("\r\n")) || bytes.Contains(buf[i+1:], []byte("\r\n\r\n"))
}

func hexDigit(b byte) (int64, bool) {
	switch {
	case '0' <= b && b <= '9':
		return int64(b - '0'), true
	case 'a' <= b && b <= 'f':
		return int64(b-'a') + 10, true
	case 'A' <= b && b <= 'F':
		return int64(b-'A') + 10, true
	}
	return 0, false
}

package stream

import (
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// writerSink turns the bytes of an HTTP/1.x response into calls of an
// http.ResponseWriter: the head into WriteHeader, the body into Write.
type writerSink struct {
	w       http.ResponseWriter
	control *http.ResponseController
	scan    http1.Scanner
	armed   bool // there is a write deadline of ours
	strict  bool // a deadline ends the response even while nothing is written
	headed  bool // the final head was passed on
	held    bool // its last byte comes again
	whole   bool // the response has a Content-Length: its end needs no Flush
	aborted atomic.Bool
}

func newWriterSink(x *Exchange) *writerSink {
	s := &writerSink{w: x.w, control: http.NewResponseController(x.w), strict: x.r.ProtoMajor > 1}
	s.scan.HeadOnly = x.r.Method == http.MethodHead
	return s
}

// moveTo goes on with w in the place of the writer so far. Nobody else uses the sink.
func (s *writerSink) moveTo(w http.ResponseWriter) {
	s.w, s.control = w, http.NewResponseController(w)
}

// TryWrite takes heads and nothing else: WriteHeader does not wait for the client,
// and runs middleware, which expects the sender's goroutine and not the drainer's. Nobody knows what a Write would wait for. The last byte of a final
// head with nothing behind it is not taken, so that a Write follows, and flushes.
func (s *writerSink) TryWrite(p []byte) (int, error) {
	taken := 0
	for taken < len(p) && !s.headed {
		kind, n := s.scan.Next(p[taken:])
		if kind == http1.PieceRaw {
			break // no head at all: Write will be told so again
		}
		if err := s.put(kind, nil); err != nil {
			return taken, err
		}
		taken += n
	}
	if s.headed && taken == len(p) && taken > 0 && !s.done() {
		s.held = true
		taken--
	}
	return taken, nil
}

// done reports whether the whole response was written and needs no Flush.
func (s *writerSink) done() bool { return s.scan.Complete() && s.whole }

func (s *writerSink) Arm(deadline time.Time) error {
	if !deadline.IsZero() || s.armed {
		s.armed = s.control.SetWriteDeadline(deadline) == nil && !deadline.IsZero()
	}
	return nil // not every writer has deadlines
}

func (s *writerSink) Write(bufs net.Buffers) error {
	if s.aborted.Load() {
		return ErrClosed
	}
	if s.armed && s.strict {
		defer func() { _ = s.control.SetWriteDeadline(time.Time{}) }()
	}
	for _, p := range bufs {
		if s.held && len(p) > 0 {
			s.held, p = false, p[1:]
		}
		for len(p) > 0 {
			kind, n := s.scan.Next(p)
			if err := s.put(kind, p[:n]); err != nil {
				return err
			}
			p = p[n:]
		}
	}
	if !s.headed || s.done() {
		return nil // the server frames it better if it is not flushed
	}
	if err := s.control.Flush(); err != nil && !unsupported(err) {
		return err
	}
	return nil
}

func (s *writerSink) put(kind http1.Piece, p []byte) error {
	switch kind {
	case http1.PieceHead:
		return s.head(s.scan.Head)
	case http1.PieceBody, http1.PieceRaw:
		s.headed = true
		if lost := s.scan.Lost; len(lost) > 0 {
			s.scan.Lost = nil
			if _, err := s.w.Write(lost); err != nil {
				return err
			}
		}
		_, err := s.w.Write(p)
		return err
	default:
		return nil
	}
}

// finish leaves the writer to the server, when nobody uses the sink any more.
func (s *writerSink) finish(server *http.Server) {
	for name, values := range s.scan.Trailer {
		s.w.Header()[http.TrailerPrefix+name] = values
	}
	if s.armed {
		var deadline time.Time
		if server != nil {
			deadline = after(time.Now(), server.WriteTimeout)
		}
		_ = s.control.SetWriteDeadline(deadline)
	}
}

func (s *writerSink) head(h http1.RawHead) error {
	if h.Status == http.StatusSwitchingProtocols {
		return fmt.Errorf("%w: cannot switch protocols on %T", ErrNotRaw, s.w)
	}
	header := s.w.Header()
	before := header
	if h.Interim() {
		before = header.Clone()
	}
	clear(header)
	coded := false
	for name, value := range h.Fields {
		switch name = http.CanonicalHeaderKey(name); name {
		case "Transfer-Encoding":
			coded = true
		case "Keep-Alive":
		case "Connection":
			if http1.HasToken(value, "close") {
				header.Set(name, "close")
			}
		default:
			header.Add(name, value)
		}
	}
	if coded {
		header.Del("Content-Length") // which means nothing then (RFC 9112, section 6.3)
	}
	status := h.Status
	if status < 100 {
		status = http.StatusOK
	}
	s.headed = !h.Interim()
	s.whole = header.Get("Content-Length") != ""
	s.w.WriteHeader(status)
	if h.Interim() {
		clear(header)
		for k, vv := range before {
			header[k] = vv
		}
	}
	return nil
}

func (s *writerSink) Abort() {
	s.aborted.Store(true)
	_ = s.control.SetWriteDeadline(time.Unix(1, 0)) // where it is supported it unblocks a Write
}

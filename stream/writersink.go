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
	armed   bool
	aborted atomic.Bool
}

func newWriterSink(x *Exchange) *writerSink {
	s := &writerSink{w: x.w, control: http.NewResponseController(x.w)}
	s.scan.HeadOnly = x.r.Method == http.MethodHead
	return s
}

// TryWrite takes nothing: nobody knows what a ResponseWriter waits for.
func (s *writerSink) TryWrite([]byte) (int, error) { return 0, nil }

func (s *writerSink) Write(bufs net.Buffers, deadline time.Time) error {
	if s.aborted.Load() {
		return ErrClosed
	}
	if !deadline.IsZero() || s.armed {
		s.armed = s.control.SetWriteDeadline(deadline) == nil && !deadline.IsZero()
	}
	flush := false
	for _, p := range bufs {
		for len(p) > 0 {
			kind, n := s.scan.Next(p)
			if err := s.put(kind, p[:n]); err != nil {
				return err
			}
			flush = flush || kind != http1.PieceFraming
			p = p[n:]
		}
	}
	if s.scan.Complete() {
		for name, values := range s.scan.Trailer {
			s.w.Header()[http.TrailerPrefix+name] = values
		}
		s.scan.Trailer = nil
		if s.whole() {
			return nil // the server frames it better if it is not flushed
		}
	}
	if !flush {
		return nil
	}
	if err := s.control.Flush(); err != nil && !unsupported(err) {
		return err
	}
	return nil
}

// whole reports whether the response has a Content-Length, so that the end of it is
// on its way without a Flush.
func (s *writerSink) whole() bool { return s.w.Header().Get("Content-Length") != "" }

func (s *writerSink) put(kind http1.Piece, p []byte) error {
	switch kind {
	case http1.PieceHead:
		return s.head(s.scan.Head)
	case http1.PieceBody, http1.PieceRaw:
		_, err := s.w.Write(p)
		return err
	default:
		return nil
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
	for name, value := range h.Fields {
		switch name = http.CanonicalHeaderKey(name); name {
		case "Transfer-Encoding", "Keep-Alive":
		case "Connection":
			if value == "close" {
				header.Set(name, value)
			}
		default:
			header.Add(name, value)
		}
	}
	status := h.Status
	if status < 100 {
		status = http.StatusOK
	}
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

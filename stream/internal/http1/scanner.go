package http1

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
)

// maxRawHead is the longest response head, in bytes, that a Scanner collects.
const maxRawHead = 64 << 10

// A Piece is what a [Scanner] found in the bytes of a response.
type Piece uint8

const (
	PieceHead    Piece = iota // the head is whole now: see Scanner.Head
	PieceBody                 // payload
	PieceFraming              // part of a head, chunk framing, or a trailer
	PieceExcess               // bytes behind the end of the response
	PieceRaw                  // bytes that follow a 101, or no HTTP at all
)

type scanState uint8

const (
	scanHead scanState = iota
	scanLength
	scanChunkSize
	scanChunkData
	scanChunkEnd
	scanTrailer
	scanUntilClose
	scanRaw
	scanDone
)

// A Scanner follows the bytes of one response to one request as they go out, in
// whatever portions: the interim responses, the head, and the body in the framing
// that the head announces (RFC 9112, section 6). Its zero value waits for a head.
// It copies nothing but a head that comes in portions, and an unfinished line of
// chunk framing.
type Scanner struct {
	Head     RawHead     // the last head found
	Trailer  http.Header // fields of the trailer section, nil if there were none
	Lost     []byte      // what was taken for a head at first, when a PieceRaw shows that it is none
	HeadOnly bool        // the request was a HEAD: no body whatever the head says

	state scanState
	left  int64  // of the body or the chunk
	line  []byte // what has come of a head or a line
	bad   bool   // chunk framing was malformed, or is not all the head says: the end cannot be known
}

// A RawHead is a response head as its sender wrote it.
type RawHead struct {
	Status int
	Bytes  []byte // status line to empty line; valid until the next call of Next
}

// Interim reports whether more heads follow (RFC 9110, section 15.2).
func (h RawHead) Interim() bool { return h.Status >= 100 && h.Status < 200 && h.Status != 101 }

// Begun reports whether any byte of a final response, or of no response at all,
// has come.
func (s *Scanner) Begun() bool { return s.state != scanHead || len(s.line) > 0 }

// Complete reports whether the response has come to the end its framing announced.
func (s *Scanner) Complete() bool { return s.state == scanDone }

// Upgraded reports whether the bytes are another protocol's now.
func (s *Scanner) Upgraded() bool { return s.state == scanRaw && s.Head.Status == 101 }

// Left returns how many bytes of a Content-Length are missing.
func (s *Scanner) Left() int64 {
	if s.state == scanLength {
		return s.left
	}
	return 0
}

// Next says what the first n bytes of p are; p must not be empty.
func (s *Scanner) Next(p []byte) (kind Piece, n int) {
	switch s.state {
	case scanHead:
		return s.head(p)
	case scanLength:
		n = int(min(s.left, int64(len(p))))
		if s.left -= int64(n); s.left == 0 {
			s.state = scanDone
		}
		return PieceBody, n
	case scanChunkData:
		n = int(min(s.left, int64(len(p))))
		if s.left -= int64(n); s.left == 0 {
			s.state = scanChunkEnd
		}
		return PieceBody, n
	case scanChunkSize, scanChunkEnd, scanTrailer:
		return PieceFraming, s.chunkLine(p)
	case scanUntilClose:
		return PieceBody, len(p)
	case scanRaw:
		return PieceRaw, len(p)
	default:
		return PieceExcess, len(p)
	}
}

const statusPrefix = "HTTP/1."

func (s *Scanner) head(p []byte) (Piece, int) {
	had := len(s.line)
	if probe := min(len(statusPrefix), had+len(p)); !s.looksLikeHTTP(p, probe) {
		s.noHead(had)
		return PieceRaw, len(p)
	}
	if had == 0 {
		if end := headEnd(p, 0); end > 0 && end <= maxRawHead {
			s.begin(p[:end])
			return PieceHead, end
		}
	}
	s.line = append(s.line, p...)
	end := headEnd(s.line, max(0, had-3))
	if end > maxRawHead || end < 0 && len(s.line) > maxRawHead {
		s.noHead(had)
		return PieceRaw, len(p)
	}
	if end < 0 {
		return PieceFraming, len(p)
	}
	head := s.line[:end]
	s.line = nil
	s.begin(head)
	return PieceHead, end - had
}

// noHead says that the first n bytes collected, and what follows, are no head.
func (s *Scanner) noHead(n int) { s.state, s.Lost, s.line = scanRaw, s.line[:n], nil }

func (s *Scanner) looksLikeHTTP(p []byte, n int) bool {
	for i := range n {
		c := byte(0)
		if i < len(s.line) {
			c = s.line[i]
		} else {
			c = p[i-len(s.line)]
		}
		if c != statusPrefix[i] {
			return false
		}
	}
	return true
}

// headEnd returns the index behind the empty line that ends a head, -1 if it is
// not in p. Bytes before from are known to hold no end that begins there.
func headEnd(p []byte, from int) int {
	for i := from; ; {
		j := bytes.IndexByte(p[i:], '\n')
		if j < 0 {
			return -1
		}
		i += j + 1
		switch {
		case i < len(p) && p[i] == '\n':
			return i + 1
		case i+1 < len(p) && p[i] == '\r' && p[i+1] == '\n':
			return i + 2
		}
	}
}

// begin takes a whole head in and decides how the body is framed.
func (s *Scanner) begin(head []byte) {
	s.Head = RawHead{Status: statusOf(head), Bytes: head}
	switch {
	case s.Head.Status == 0: // clients may read it otherwise: nothing can follow it
		s.state = scanUntilClose
		return
	case s.Head.Status == 101:
		s.state = scanRaw
		return
	case s.Head.Interim():
		return
	}
	length, chunked, unframed := int64(-1), false, false
	old := bytes.HasPrefix(head, []byte("HTTP/1.0"))
	for name, value := range s.Head.Fields {
		switch {
		case strings.EqualFold(name, "Content-Length"):
			n, err := strconv.ParseUint(value, 10, 63)
			unframed = unframed || err != nil || (length >= 0 && length != int64(n))
			length = int64(n)
		case strings.EqualFold(name, "Transfer-Encoding"):
			s.bad = s.bad || chunked // twice, which no recipient need know
			chunked = strings.EqualFold(value, "chunked")
			unframed = unframed || !chunked || old // RFC 9112, section 6.1
		}
	}
	switch {
	case s.HeadOnly || s.Head.Status == 204 || s.Head.Status == 304:
		s.state = scanDone
	case unframed:
		s.state = scanUntilClose
	case chunked:
		s.state = scanChunkSize
		s.bad = s.bad || length >= 0 // recipients do not agree on where it ends (RFC 9112, section 6.3)
	case length > 0:
		s.state, s.left = scanLength, length
	case length == 0:
		s.state = scanDone
	default:
		s.state = scanUntilClose
	}
}

// chunkLine takes p up to the end of the line that is due.
func (s *Scanner) chunkLine(p []byte) int {
	i := bytes.IndexByte(p, '\n')
	if i < 0 {
		s.line = append(s.line, p...)
		if len(s.line) > maxRawHead {
			s.spoil()
		}
		return len(p)
	}
	if len(s.line)+i > maxRawHead {
		s.spoil()
		return i + 1
	}
	line := p[:i]
	if len(s.line) > 0 {
		line = append(s.line, line...)
		s.line = nil
	}
	line = bytes.TrimSuffix(line, []byte("\r"))
	switch s.state {
	case scanChunkEnd:
		if len(line) > 0 {
			s.spoil()
			break
		}
		s.state = scanChunkSize
	case scanChunkSize:
		digits, _, _ := bytes.Cut(line, []byte(";"))
		n, err := strconv.ParseUint(string(bytes.TrimRight(digits, " \t")), 16, 63)
		switch {
		case err != nil:
			s.spoil()
		case n == 0:
			s.state = scanTrailer
		default:
			s.state, s.left = scanChunkData, int64(n)
		}
	case scanTrailer:
		if len(line) == 0 {
			s.state = scanDone
			break
		}
		if name, value, ok := strings.Cut(string(line), ":"); ok {
			if s.Trailer == nil {
				s.Trailer = make(http.Header)
			}
			s.Trailer.Add(name, strings.TrimSpace(value))
		}
	}
	return i + 1
}

func (s *Scanner) spoil() { s.state, s.line, s.bad = scanUntilClose, nil, true }

func statusOf(head []byte) int {
	// HTTP/1.1 200 OK
	if len(head) < 12 || head[8] != ' ' {
		return 0
	}
	n, err := strconv.ParseUint(string(head[9:12]), 10, 16)
	if err != nil || n < 100 || len(head) > 12 && !strings.ContainsRune(" \r\n", rune(head[12])) {
		return 0
	}
	return int(n)
}

// Fields calls yield with each field line of the head, in order.
func (h RawHead) Fields(yield func(name, value string) bool) {
	_, rest, _ := strings.Cut(string(h.Bytes), "\n")
	for {
		line, more, ok := strings.Cut(rest, "\n")
		line = strings.TrimSuffix(line, "\r")
		if !ok || line == "" {
			return
		}
		rest = more
		name, value, _ := strings.Cut(line, ":")
		if !yield(name, strings.TrimSpace(value)) {
			return
		}
	}
}

package http1

import (
	"bytes"
	"net/http"
)

// maxEmptyLines is how many bytes of empty lines may come before a request line.
// RFC 9112, 2.2 asks a server to ignore at least one CRLF there; two are what
// net/http forgives after a POST.
const maxEmptyLines = 4

// A headScanner finds the end of a head, or of a trailer section, in bytes that
// arrive in pieces. Every byte is looked at once, bounds are checked on what has
// arrived of an unfinished line, and a finished line is checked at once, so that
// the verdict does not depend on how the bytes were split.
type headScanner struct {
	lim     *Limits
	trailer bool // only field lines, each ended by CRLF (RFC 9112, 7.1)

	started bool // the request line is complete
	done    bool // the empty line was seen
	begin   int  // where the request line begins, behind empty lines
	end     int  // one behind the empty line, once done
	fields  int  // complete field lines

	line   int // where the line under scan begins
	seen   int // buf[line:seen] has no LF
	at     int // buf[line:at] is split below
	first  int // first SP of the request line, colon of a field line; -1: not seen
	second int // second SP of the request line, first byte of a field value; -1: not seen
	last   int // one behind the last byte of the value that is no white space
}

func newHeadScanner(lim *Limits) headScanner {
	return headScanner{lim: lim, first: -1, second: -1}
}

func newTrailerScanner(lim *Limits) headScanner {
	return headScanner{lim: lim, first: -1, second: -1, trailer: true, started: true}
}

func (s *headScanner) op() string {
	switch {
	case s.trailer:
		return opTrailer
	case s.started:
		return opHeader
	}
	return opLine
}

// scan goes on in buf, which holds everything since the start: what scan was
// given before and more. It returns once the end was found or more is needed.
func (s *headScanner) scan(buf []byte) *Error {
	view := buf[:min(len(buf), max(s.lim.Head, 0))]
	for !s.done {
		i := bytes.IndexByte(view[s.seen:], '\n')
		if i < 0 {
			s.seen = len(view)
			end := s.seen
			if end > s.line && view[end-1] == '\r' {
				end-- // perhaps half a line end
			}
			s.split(view, end)
			if err := s.bounds(end); err != nil {
				return err
			}
			break
		}
		lf := s.seen + i
		end := lf
		if end > s.line && view[end-1] == '\r' {
			end--
		}
		s.split(view, end)
		if err := s.bounds(end); err != nil {
			return err
		}
		if s.trailer && end == lf {
			return badRequest(opTrailer, errBareLF)
		}
		if err := s.finish(view, end, lf+1); err != nil {
			return err
		}
		s.line, s.seen, s.at = lf+1, lf+1, lf+1
		s.first, s.second, s.last = -1, -1, 0
	}
	if !s.done && len(buf) > len(view) {
		return tooLarge(s.op(), errHeadTooLarge)
	}
	return nil
}

// split finds the parts of the line in buf[s.at:end].
func (s *headScanner) split(buf []byte, end int) {
	if end <= s.at {
		return
	}
	from := s.at
	s.at = end
	delim := byte(':')
	if !s.started {
		delim = ' '
	}
	if s.first < 0 {
		i := bytes.IndexByte(buf[from:end], delim)
		if i < 0 {
			return
		}
		s.first = from + i
		from = s.first + 1
	}
	if !s.started {
		if s.second < 0 {
			if i := bytes.IndexByte(buf[from:end], ' '); i >= 0 {
				s.second = from + i
			}
		}
		return
	}
	if s.second < 0 {
		for from < end && isBlank(buf[from]) {
			from++
		}
		if from == end {
			return
		}
		s.second = from
	}
	for end > from && isBlank(buf[end-1]) {
		end--
	}
	if end > from {
		s.last = end
	}
}

// bounds checks the parts of the line, which ends at end for now.
func (s *headScanner) bounds(end int) *Error {
	if !s.started {
		if s.lim.Path > 0 && s.first >= 0 {
			if s.second >= 0 {
				end = s.second
			}
			if end-s.first-1 > s.lim.Path {
				return &Error{Op: opLine, Status: http.StatusRequestURITooLong, Err: errPathTooLong}
			}
		}
		return nil
	}
	if s.lim.HeaderName > 0 {
		if s.first >= 0 {
			end = s.first
		}
		if end-s.line > s.lim.HeaderName {
			return tooLarge(s.op(), errNameTooLong)
		}
	}
	if s.lim.HeaderValue > 0 && s.second >= 0 && s.last-s.second > s.lim.HeaderValue {
		return tooLarge(s.op(), errValueTooLong)
	}
	return nil
}

// finish checks the complete line buf[s.line:end]; the next one begins at next.
func (s *headScanner) finish(buf []byte, end, next int) *Error {
	if end == s.line {
		switch {
		case s.started:
			s.done, s.end = true, next
		case next > maxEmptyLines:
			return badRequest(opLine, errEmptyLines)
		default:
			s.begin = next
		}
		return nil
	}
	if !s.started {
		if err := s.finishRequestLine(buf, end); err != nil {
			return err
		}
		s.started = true
		return nil
	}
	s.fields++
	if s.lim.HeaderCount > 0 && s.fields > s.lim.HeaderCount {
		return tooLarge(s.op(), errTooManyFields)
	}
	switch {
	case isBlank(buf[s.line]): // RFC 9112, 5.2: a server rejects obs-fold or unfolds it
		return badRequest(s.op(), errFold)
	case s.first < 0:
		return badRequest(s.op(), errColon)
	case !isToken(buf[s.line:s.first]): // RFC 9112, 5.1: no white space before the colon
		return badRequest(s.op(), nameFault(buf[s.line:s.first]))
	case s.second >= 0 && !isText(buf[s.second:s.last]): // RFC 9110, 5.5
		return badRequest(s.op(), errValue)
	}
	return nil
}

func (s *headScanner) finishRequestLine(buf []byte, end int) *Error {
	if s.first < 0 || s.second < 0 {
		return badRequest(opLine, errRequestLine)
	}
	if !isToken(buf[s.line:s.first]) {
		return badRequest(opLine, errMethod)
	}
	if _, _, ok := parseProto(buf[s.second+1 : end]); !ok {
		return badRequest(opLine, errProto)
	}
	switch target := buf[s.first+1 : s.second]; {
	case len(target) == 0:
		return badRequest(opLine, errTargetEmpty)
	case !isText(target) || bytes.IndexByte(target, '\t') >= 0:
		return badRequest(opLine, errTarget)
	}
	return nil
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// isToken reports whether p is a token (RFC 9110, 5.6.2).
func isToken(p []byte) bool {
	for _, c := range p {
		if !tokenBytes[c] {
			return false
		}
	}
	return len(p) > 0
}

// nameFault says what is wrong with a field name that is no token. A blank is a fault of
// its own because net/http, which once took it, has its own words for it.
func nameFault(name []byte) error {
	if isToken(bytes.ReplaceAll(name, []byte(" "), nil)) {
		return errNameBlank
	}
	return errName
}

// isText reports whether p has no control byte but HTAB. Bytes beyond ASCII are
// obs-text and pass (RFC 9110, 5.5).
func isText(p []byte) bool {
	for _, c := range p {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

var tokenBytes = func() (t [256]bool) {
	for _, c := range []byte("!#$%&'*+-.^_`|~0123456789" +
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		t[c] = true
	}
	return t
}()

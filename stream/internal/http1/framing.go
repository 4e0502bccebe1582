package http1

import (
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// framing collects the fields of a head that say where the request goes and where
// it ends, and puts into the request what they mean.
type framing struct {
	host, length, coding    string
	hosts, lengths, codings int
}

// take notes a field. It reports true for one that does not belong into
// Request.Header.
func (f *framing) take(name, value string) bool {
	switch name {
	case "Host":
		f.host = value
		f.hosts++
		return true
	case "Transfer-Encoding":
		f.coding = value
		f.codings++
		return true
	case "Content-Length":
		f.length = value
		f.lengths++
	}
	return false
}

// apply checks what was taken and fills Host, ContentLength, TransferEncoding,
// Trailer and Close. Where a request breaks several rules, the status is the one
// net/http's server answers.
func (f *framing) apply(r *http.Request) *Error {
	if f.hosts > 1 {
		return badRequest(opHeader, errHostTwice)
	}
	if r.Host = r.URL.Host; r.Host == "" { // RFC 9112, 3.2.2: absolute-form goes before Host
		r.Host = f.host
	}
	if pragma := r.Header["Pragma"]; len(pragma) > 0 && pragma[0] == "no-cache" {
		if _, ok := r.Header["Cache-Control"]; !ok {
			r.Header["Cache-Control"] = []string{"no-cache"} // RFC 9111, 5.4
		}
	}
	r.Close = wantsClose(r)
	if err := f.applyLength(r); err != nil {
		return err
	}
	switch {
	case r.ProtoMajor != 1:
		return &Error{Op: opLine, Status: http.StatusHTTPVersionNotSupported, Err: errVersion}
	case f.hosts == 0 && r.ProtoMinor >= 1:
		return badRequest(opHeader, errHostMissing)
	case !validHost(f.host):
		return badRequest(opHeader, errHost)
	}
	return nil
}

// applyLength decides how the body is framed (RFC 9112, 6.3).
func (f *framing) applyLength(r *http.Request) *Error {
	if f.codings > 0 {
		switch {
		case !r.ProtoAtLeast(1, 1):
			return badRequest(opHeader, errCodingOld)
		case f.codings > 1 || !isChunked(f.coding):
			return &Error{Op: opHeader, Status: http.StatusNotImplemented, Err: errCoding}
		case f.lengths > 0:
			return badRequest(opHeader, errLengthAndCoding)
		}
		r.ContentLength = -1
		r.TransferEncoding = []string{"chunked"}
		return announceTrailers(r)
	}
	switch f.lengths {
	case 0:
		return nil
	case 1:
		n, err := strconv.ParseUint(f.length, 10, 63)
		if err != nil {
			return badRequest(opHeader, errLength)
		}
		r.ContentLength = int64(n)
		return nil
	}
	return badRequest(opHeader, errLengthTwice)
}

// isChunked reports whether v is the one transfer coding a server must know. Names
// of codings are case-insensitive (RFC 9112, 7).
func isChunked(v string) bool {
	return len(v) == len("chunked") && strings.EqualFold(v, "chunked")
}

// HasToken reports whether token, in lower case, stands in a field value between its
// ends, commas and blanks. The grammar has no blanks for borders (RFC 9110, 5.6.1),
// but net/http's server acts upon what it finds so.
func HasToken(value, token string) bool {
	border := func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }
	for member := range strings.FieldsFuncSeq(value, border) {
		if len(member) == len(token) && strings.EqualFold(member, token) {
			return true
		}
	}
	return false
}

// wantsClose reports whether the connection ends with this request, which is some
// HTTP/1.x (RFC 9112, 9.3).
func wantsClose(r *http.Request) bool {
	connection := r.Header["Connection"]
	return httpguts.HeaderValuesContainsToken(connection, "close") ||
		r.ProtoMinor == 0 && !httpguts.HeaderValuesContainsToken(connection, "keep-alive")
}

package http1

import (
	"errors"
	"net/http"
	"strconv"
)

// An Error says why no request, or no more of its body, could be read. Status is
// what to answer; Err is the cause, for logs and never for the client. After an
// Error the position in the stream is unknown: answer if you like, then close.
type Error struct {
	Op     string // what failed: "read request line", "read header", "read body", "read trailer"
	Status int    // 400, 408, 414, 431, 501 or 505
	Err    error  // the cause, never nil
}

// Error returns the operation and the cause.
func (e *Error) Error() string { return "http1: " + e.Op + ": " + e.Err.Error() }

// Unwrap returns the cause, such as [io.ErrUnexpectedEOF].
func (e *Error) Unwrap() error { return e.Err }

const (
	opLine    = "read request line"
	opHeader  = "read header"
	opBody    = "read body"
	opTrailer = "read trailer"
)

// The causes of an Error. They carry no bytes of the client's, so a log line
// stays one line whatever was sent.
var (
	errEmptyLines  = errors.New("too many empty lines before the request line")
	errRequestLine = errors.New("malformed request line")
	errMethod      = errors.New("invalid method")
	errProto       = errors.New("malformed HTTP version")
	errVersion     = errors.New("unsupported protocol version")
	errTarget      = errors.New("invalid request target")
	errTargetEmpty = errors.New("empty request target")
	errTargetHost  = errors.New("invalid authority in request target")

	errHeadTooLarge  = errors.New("head too large")
	errPathTooLong   = errors.New("request target too long")
	errTooManyFields = errors.New("too many header fields")
	errNameTooLong   = errors.New("header name too long")
	errValueTooLong  = errors.New("header value too long")

	errFold        = errors.New("folded header line")
	errColon       = errors.New("header line without a colon")
	errName        = errors.New("invalid header name")
	errNameBlank   = errors.New("blank in a header name")
	errValue       = errors.New("invalid byte in header value")
	errBareLF      = errors.New("line ends with a bare LF")
	errHostMissing = errors.New("missing Host header")
	errHostTwice   = errors.New("more than one Host header")
	errHost        = errors.New("malformed Host header")

	errLengthTwice     = errors.New("more than one Content-Length")
	errLength          = errors.New("invalid Content-Length")
	errLengthAndCoding = errors.New("both Content-Length and Transfer-Encoding")
	errCodingOld       = errors.New("Transfer-Encoding in a request older than HTTP/1.1")
	errCoding          = errors.New("unsupported transfer encoding")
	errTrailerName     = errors.New("field not allowed in trailer")

	errChunkSize = errors.New("malformed chunk size")
	errChunkHuge = errors.New("chunk size too large")
	errChunkExt  = errors.New("malformed chunk extension")
	errChunkLong = errors.New("chunk size line too long")
	errChunkEnd  = errors.New("chunk data not followed by CRLF")
	errChunkWork = errors.New("chunked encoding contains too much besides data")
)

// Refusal returns the response to a request that could not be parsed, byte for byte
// net/http's where it refuses the same. It is delimited by the end of the connection.
func Refusal(status int, cause error) []byte {
	line := strconv.Itoa(status) + " " + http.StatusText(status)
	switch cause {
	case errVersion:
		line += ": unsupported protocol version"
	case errNameBlank:
		line += ": invalid header name"
	case errHostMissing:
		line += ": missing required Host header"
	case errHost:
		line += ": malformed Host header"
	}
	text := line
	if cause == errCoding {
		text = "Unsupported transfer encoding"
	}
	return []byte("HTTP/1.1 " + line + "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" + text)
}

func badRequest(op string, cause error) *Error {
	return &Error{Op: op, Status: http.StatusBadRequest, Err: cause}
}

func tooLarge(op string, cause error) *Error {
	return &Error{Op: op, Status: http.StatusRequestHeaderFieldsTooLarge, Err: cause}
}

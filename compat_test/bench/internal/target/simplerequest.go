package target

import (
	"bytes"
	"strconv"
)

// A simpleRequest is what the responder on gnet needs of a request. It points into
// the bytes that were parsed.
type simpleRequest struct {
	path   []byte
	length int // of the body
	close  bool
	bad    bool // answer 400 and close
}

// maxHead bounds the head of a request.
const maxHead = 64 << 10

// parseSimple parses one request with its body and returns how many bytes it takes;
// 0 if it is not complete, or so long that it is bad. It knows bodies by
// Content-Length only.
func parseSimple(in []byte) (simpleRequest, int) {
	head, _, whole := bytes.Cut(in, []byte("\r\n\r\n"))
	if !whole {
		return simpleRequest{bad: len(in) > maxHead}, 0
	}
	size := len(head) + 4
	line, fields, _ := bytes.Cut(head, []byte("\r\n"))
	_, rest, ok := bytes.Cut(line, []byte(" "))
	path, proto, ok2 := bytes.Cut(rest, []byte(" "))
	if !ok || !ok2 || !bytes.Equal(proto, []byte("HTTP/1.1")) {
		return simpleRequest{bad: true}, size
	}
	req := simpleRequest{path: path}
	for len(fields) > 0 {
		line, fields, _ = bytes.Cut(fields, []byte("\r\n"))
		name, value, ok := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case !ok, bytes.EqualFold(name, []byte("Transfer-Encoding")):
			return simpleRequest{bad: true}, size
		case bytes.EqualFold(name, []byte("Connection")):
			req.close = bytes.EqualFold(value, []byte("close"))
		case bytes.EqualFold(name, []byte("Content-Length")):
			n, err := strconv.ParseUint(string(value), 10, 31)
			if err != nil {
				return simpleRequest{bad: true}, size
			}
			req.length = int(n)
		}
	}
	if len(in) < size+req.length {
		return simpleRequest{}, 0
	}
	return req, size + req.length
}

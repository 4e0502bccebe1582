package http1

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpguts"
)

// A head is a handler's header as it was when the handler fixed it: the lines ready
// to be sent, but for the few fields that depend on how the body comes.
type head struct {
	lines      []byte
	connection []string
	length     string   // Content-Length
	coding     string   // Transfer-Encoding
	codings    []string // all its values
	trailer    []string // values of Trailer
	hasLength  bool     // Content-Length is set, if only to nonsense
	hasType    bool
	hasDate    bool
	encoded    bool // Content-Encoding is set
	upgrades   bool // Upgrade is set
	prefixed   bool // there is a http.TrailerPrefix field
	typeLines  []byte
}

// take copies header into h.
func (h *head) take(header http.Header) {
	if len(header) == 0 {
		return
	}
	var few [16]string
	keys := few[:0]
	for k := range header {
		keys = append(keys, k)
	}
	if len(keys) > 1 {
		slices.Sort(keys)
	}
	for _, k := range keys {
		vv := header[k]
		switch k {
		case "Connection":
			h.connection = slices.Clone(vv)
			continue
		case "Content-Length":
			h.hasLength = true
			if len(vv) > 0 {
				h.length = vv[0]
			}
			continue
		case "Transfer-Encoding":
			if len(vv) > 0 {
				h.coding, h.codings = vv[0], slices.Clone(vv)
			}
			continue
		case "Content-Type":
			h.hasType = true
			h.typeLines = appendField(nil, k, vv)
			continue
		case "Date":
			h.hasDate = true
		case "Content-Encoding":
			h.encoded = len(vv) > 0 && vv[0] != ""
		case "Upgrade":
			h.upgrades = true
		case "Trailer":
			h.trailer = slices.Clone(vv)
		default:
			if strings.HasPrefix(k, http.TrailerPrefix) {
				h.prefixed = true
				continue
			}
		}
		h.lines = appendField(h.lines, k, vv)
	}
}

func (h *head) appendConnection(p []byte) []byte {
	return appendField(p, "Connection", h.connection)
}

// appendField appends a line for each value. What could break out of the line is
// replaced or left out, as net/http does (RFC 9110, section 5.5).
func appendField(p []byte, name string, values []string) []byte {
	if len(values) == 0 || !httpguts.ValidHeaderFieldName(name) {
		return p
	}
	for _, v := range values {
		p = append(p, name...)
		p = append(p, ": "...)
		p = appendValue(p, v)
		p = append(p, "\r\n"...)
	}
	return p
}

func appendValue(p []byte, v string) []byte {
	from := len(p)
	p = append(p, v...)
	for i := from; i < len(p); i++ {
		switch p[i] {
		case '\r', '\n', 0:
			p[i] = ' '
		}
	}
	to := len(p)
	for to > from && (p[to-1] == ' ' || p[to-1] == '\t') {
		to--
	}
	lead := from
	for lead < to && (p[lead] == ' ' || p[lead] == '\t') {
		lead++
	}
	if lead > from {
		copy(p[from:], p[lead:to])
	}
	return p[:to-(lead-from)]
}

// AppendHeader appends the field lines of h, sorted, without the trailers in it.
func AppendHeader(p []byte, h http.Header) []byte {
	var x head
	x.take(h)
	p = append(p, x.lines...)
	p = append(p, x.typeLines...)
	p = x.appendConnection(p)
	if x.length != "" {
		p = appendField(p, "Content-Length", []string{x.length})
	}
	return appendField(p, "Transfer-Encoding", x.codings)
}

// AppendStatusLine appends the status line of a response (RFC 9112, section 4).
func AppendStatusLine(p []byte, code int) []byte { return appendStatusLine(p, true, code) }

func appendStatusLine(p []byte, is11 bool, code int) []byte {
	if is11 {
		p = append(p, "HTTP/1.1 "...)
	} else {
		p = append(p, "HTTP/1.0 "...)
	}
	if code < 100 {
		p = append(p, '0')
	}
	p = strconv.AppendInt(p, int64(code), 10)
	p = append(p, ' ')
	if text := http.StatusText(code); text != "" {
		p = append(p, text...)
	} else {
		p = append(p, "status code "...)
		p = strconv.AppendInt(p, int64(code), 10)
	}
	return append(p, "\r\n"...)
}

type dateLine struct {
	second int64
	text   string
}

var lastDate atomic.Pointer[dateLine]

// Date returns the value of a Date field for now. It is formatted once a second.
func Date() string {
	now := time.Now()
	d := lastDate.Load()
	if d == nil || d.second != now.Unix() {
		d = &dateLine{now.Unix(), now.UTC().Format(http.TimeFormat)}
		lastDate.Store(d)
	}
	return d.text
}

// bodyAllowed reports whether a response with this status may have a body.
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

func parseLength(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0
}

package http1

import (
	"strings"

	"golang.org/x/net/http/httpguts"
)

// appendField appends a line for each value. What could break out of the line is
// replaced or left out, as net/http does (RFC 9110, section 5.5).
func appendField(p []byte, name string, values []string) []byte {
	if len(values) == 0 || !httpguts.ValidHeaderFieldName(name) {
		return p
	}
	return appendLines(p, name, values)
}

// appendLines is appendField for a name that is one.
func appendLines(p []byte, name string, values []string) []byte {
	for _, v := range values {
		p = append(p, name...)
		p = append(p, ": "...)
		p = appendValue(p, v)
		p = append(p, "\r\n"...)
	}
	return p
}

func appendValue(p []byte, v string) []byte {
	if isPlain(v) {
		return append(p, v...)
	}
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

// longestPlain is the length, in bytes, up to which a look at each byte is the fastest.
const longestPlain = 64

// isPlain reports whether there is nothing to be replaced or left out.
func isPlain(v string) bool {
	if v == "" || v[0] <= ' ' || v[len(v)-1] <= ' ' {
		return false
	}
	if len(v) > longestPlain {
		return strings.IndexByte(v, '\n') < 0 && strings.IndexByte(v, '\r') < 0 && strings.IndexByte(v, 0) < 0
	}
	for i := 1; i < len(v); i++ { // faster than three searches
		if v[i] < ' ' {
			return false
		}
	}
	return true
}

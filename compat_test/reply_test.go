package compat_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A reply is one response as it came over an HTTP/1.x connection. The harness
// has a parser of its own because http.ReadResponse hides what is compared:
// duplicates, the framing, the sizes of chunks, stray bytes.
type reply struct {
	statusLine string
	code       int
	fields     []string // lines as received
	framing    string
	body       []byte
	chunks     []int
	trailer    []string
	err        error // what kept the reply from being complete
}

// readReply reads one response, interim or final, to a request with method.
func readReply(br *bufio.Reader, method string) *reply {
	p := new(reply)
	if p.statusLine, p.err = readLine(br); p.err != nil {
		return p
	}
	if _, rest, ok := strings.Cut(p.statusLine, " "); ok && len(rest) >= 3 {
		p.code, _ = strconv.Atoi(rest[:3])
	}
	if p.code == 0 {
		p.err = fmt.Errorf("malformed status line")
		return p
	}
	if p.fields, p.err = readFields(br); p.err != nil {
		return p
	}
	p.readBody(br, method)
	return p
}

// readBody reads the body by the rules of RFC 9112, section 6.3.
func (p *reply) readBody(br *bufio.Reader, method string) {
	switch {
	case method == http.MethodHead, p.code < 200, p.code == http.StatusNoContent, p.code == http.StatusNotModified:
		p.framing = "no body"
	case method == http.MethodConnect && p.code < 300:
		p.framing = "tunnel"
	case p.isChunked():
		p.framing = "chunked"
		p.readChunks(br)
	case p.field("Content-Length") != "":
		p.framing = "length"
		var n int
		if n, p.err = strconv.Atoi(p.field("Content-Length")); p.err != nil {
			return
		}
		p.body = make([]byte, n)
		n, p.err = io.ReadFull(br, p.body)
		p.body = p.body[:n]
	default:
		p.framing = "until close"
		p.body, p.err = io.ReadAll(br)
	}
}

func (p *reply) readChunks(br *bufio.Reader) {
	for {
		var line string
		if line, p.err = readLine(br); p.err != nil {
			return
		}
		n, err := strconv.ParseUint(line, 16, 31)
		if err != nil {
			p.err = fmt.Errorf("malformed chunk size %q", line)
			return
		}
		if n == 0 {
			p.trailer, p.err = readFields(br)
			return
		}
		data := make([]byte, n+2)
		var got int
		if got, p.err = io.ReadFull(br, data); p.err != nil {
			p.body = append(p.body, data[:min(got, int(n))]...)
			return
		}
		if string(data[n:]) != "\r\n" {
			p.err = fmt.Errorf("chunk of %d without an end", n)
			return
		}
		p.body = append(p.body, data[:n]...)
		p.chunks = append(p.chunks, int(n))
	}
}

// readLine reads up to CR LF, which it takes off. A line that ends in any
// other way is an error.
func readLine(br *bufio.Reader) (string, error) {
	line, err := br.ReadString('\n')
	if err != nil {
		if err == io.EOF && line != "" {
			err = fmt.Errorf("end of input after %q", line)
		}
		return "", err
	}
	text, ok := strings.CutSuffix(line, "\r\n")
	if !ok {
		return "", fmt.Errorf("bare LF after %q", line)
	}
	return text, nil
}

// readFields reads lines up to an empty one.
func readFields(br *bufio.Reader) ([]string, error) {
	var fields []string
	for {
		line, err := readLine(br)
		if err != nil || line == "" {
			return fields, err
		}
		fields = append(fields, line)
	}
}

// field returns the first value of a header field.
func (p *reply) field(name string) string {
	for _, line := range p.fields {
		if n, v, _ := strings.Cut(line, ":"); strings.EqualFold(n, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// isChunked reports whether chunked is the last of the transfer codings.
func (p *reply) isChunked() bool {
	var last string
	for _, line := range p.fields {
		if n, v, _ := strings.Cut(line, ":"); strings.EqualFold(n, "Transfer-Encoding") {
			last = strings.TrimSpace(v)
		}
	}
	return strings.EqualFold(last, "chunked")
}

// transcript returns the reply for comparison: fields sorted, the date
// replaced by whether it is well-formed.
func (p *reply) transcript() []string {
	lines := []string{p.statusLine}
	for _, fields := range [][]string{p.fields, p.trailer} {
		sorted := slices.Clone(fields)
		for i, field := range sorted {
			sorted[i] = maskDate(field)
		}
		slices.Sort(sorted)
		for _, field := range sorted {
			lines = append(lines, "    "+field)
		}
		lines = append(lines, "    --")
	}
	lines = append(lines, "    framing: "+p.framing)
	if p.chunks != nil {
		lines = append(lines, fmt.Sprintf("    chunks: %d", p.chunks))
	}
	if p.body != nil {
		lines = append(lines, "    body: "+abridged(p.body))
	}
	if p.err != nil {
		lines = append(lines, "    broken off: "+wireErrorClass(p.err))
	}
	return lines
}

// maskDate replaces a well-formed date in a Date field.
func maskDate(field string) string {
	if value, ok := strings.CutPrefix(field, "Date: "); ok {
		if _, err := http.ParseTime(value); err == nil {
			return "Date: <date>"
		}
	}
	return field
}

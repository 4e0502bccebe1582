package compat_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// host is the authority of every request that does not name another.
const host = "compat.test"

const (
	warmPath  = "/warm"  // the request before the case's own
	probePath = "/probe" // the request that tells whether the connection stayed open
)

// A message is a request, in a form that can be written to an HTTP/1.x
// connection as well as given to a client.
type message struct {
	method string   // GET if empty
	target string   // /case if empty
	proto  string   // HTTP/1.1 if empty
	header []string // lines "Name: value", after a Host line
	body   string   // sent with its Content-Length
	chunks []string // sent with Transfer-Encoding: chunked, in the place of body
	// trailer are lines "Name: value" after the chunks, which are announced.
	trailer []string
	// expect asks for 100 Continue and sends the body once that came.
	expect bool
}

// verb returns the method.
func (m message) verb() string {
	if m.method == "" {
		return http.MethodGet
	}
	return m.method
}

// path returns the target.
func (m message) path() string {
	if m.target == "" {
		return "/case"
	}
	return m.target
}

// wire returns the request's head and body as they go out on HTTP/1.x.
func (m message) wire() (head, body string) {
	proto := m.proto
	if proto == "" {
		proto = "HTTP/1.1"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\r\nHost: %s\r\n", m.verb(), m.path(), proto, host)
	for _, line := range m.header {
		b.WriteString(line + "\r\n")
	}
	if m.expect {
		b.WriteString("Expect: 100-continue\r\n")
	}
	switch {
	case m.chunks != nil:
		b.WriteString("Transfer-Encoding: chunked\r\n")
		if names := m.trailerNames(); len(names) > 0 {
			b.WriteString("Trailer: " + strings.Join(names, ", ") + "\r\n")
		}
		body = chunked(m.chunks, m.trailer)
	case m.body != "":
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(m.body))
		body = m.body
	}
	return b.String() + "\r\n", body
}

// trailerNames returns the names of the trailer's fields.
func (m message) trailerNames() []string {
	var names []string
	for _, line := range m.trailer {
		name, _, _ := strings.Cut(line, ":")
		names = append(names, name)
	}
	return names
}

// chunked returns pieces in the chunked coding, followed by the trailer.
func chunked(pieces, trailer []string) string {
	var b strings.Builder
	for _, piece := range pieces {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(piece), piece)
	}
	b.WriteString("0\r\n")
	for _, line := range trailer {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("\r\n")
	return b.String()
}

// request returns m for a client; base is the server's URL without a path.
func (m message) request(base string) (*http.Request, error) {
	var body io.Reader
	switch {
	case m.chunks != nil:
		body = io.NopCloser(strings.NewReader(strings.Join(m.chunks, "")))
	case m.body != "":
		body = strings.NewReader(m.body)
	}
	r, err := http.NewRequest(m.verb(), base+m.path(), body)
	if err != nil {
		return nil, err
	}
	r.Host = host
	for _, line := range m.header {
		name, value, _ := strings.Cut(line, ":")
		r.Header.Add(name, strings.TrimSpace(value))
	}
	if m.expect {
		r.Header.Set("Expect", "100-continue")
	}
	for _, line := range m.trailer {
		if r.Trailer == nil {
			r.Trailer = http.Header{}
		}
		name, value, _ := strings.Cut(line, ":")
		r.Trailer.Add(name, strings.TrimSpace(value))
	}
	return r, nil
}

package compat_test

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// orderCases compare heads and trailers line by line, in the order in which
// they come. A client has no reason to care; a test that compares bytes does.
func orderCases() []handlerCase {
	ordered := func(name string, m message, serve func(*notes, http.ResponseWriter, *http.Request), shows ...string) handlerCase {
		return handlerCase{
			name: "order/" + name,
			talk: func(c *conversation) {
				c.request(m)
				c.probe(c.ordered(m.verb()))
			},
			serve: serve, shows: shows, anyChunks: true,
		}
	}
	set := func(w http.ResponseWriter, fields ...string) {
		for _, field := range fields {
			name, value, _ := strings.Cut(field, ": ")
			w.Header().Add(name, value)
		}
	}
	kept10 := message{proto: "HTTP/1.0", header: []string{"Connection: keep-alive"}}
	return []handlerCase{
		ordered("a short body", message{}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "X-B: 1", "A-B: 2")
			n.write(w, "short")
		}, "    Date: <date>"),
		ordered("a long body", message{}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "X-B: 1", "A-B: 2")
			n.write(w, strings.Repeat("l", 5000))
		}, "    Transfer-Encoding: chunked"),
		ordered("length and type by the handler", message{}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "X-B: 1", "Content-Type: text/css", "Content-Length: 5", "Content-Language: de", "A-B: 2")
			n.write(w, "short")
		}, "    Content-Length: 5"),
		ordered("type by the handler", message{}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Vary: *", "Content-Type: text/css", "Allow: GET")
			n.write(w, "short")
		}, "    Content-Length: 5"),
		ordered("nothing written", message{}, func(_ *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Server: mine", "Age: 1")
		}, "    Content-Length: 0"),
		ordered("date by the handler", message{}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Etag: 1", "Date: Sun, 06 Nov 1994 08:49:37 GMT", "Allow: GET")
			n.write(w, "short")
		}, "    Date: <date>"),
		ordered("close by the handler", message{}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Connection: close", "Allow: GET", "Etag: 1")
			n.write(w, "short")
		}, "    Connection: close"),
		ordered("close by the client", message{header: []string{"Connection: close"}}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Connection: keep-alive", "Allow: GET", "Etag: 1")
			n.write(w, strings.Repeat("l", 5000))
		}, "    Connection: close"),
		ordered("keep-alive on HTTP 1.0", kept10, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Allow: GET", "Etag: 1")
			n.write(w, "short")
		}, "    Connection: keep-alive"),
		ordered("another transfer coding", message{}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Transfer-Encoding: gzip", "Vary: *", "Allow: GET")
			n.write(w, "short")
		}, "    Transfer-Encoding: gzip"),
		ordered("HEAD", message{method: "HEAD"}, func(_ *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Content-Length: 7", "Vary: *", "Allow: GET", "Content-Type: text/css")
		}, "    Content-Length: 7"),
		ordered("not modified", message{}, func(_ *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Vary: *", "Allow: GET", "Content-Type: text/css", "Connection: x")
			w.WriteHeader(http.StatusNotModified)
		}, "HTTP/1.1 304"),
		ordered("several values", message{}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "X-B: 2", "X-A: 3", "X-B: 1", "X-A: 1", "X-B: 3")
			n.write(w, "short")
		}, "    X-B: 3"),
		ordered("early hints", message{}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Link: </b>", "Link: </a>", "Content-Type: text/css", "Connection: x", "Content-Length: 5", "Allow: GET")
			w.WriteHeader(http.StatusEarlyHints)
			n.write(w, "short")
		}, "HTTP/1.1 103"),
		ordered("trailers", message{}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Trailer: Sum", "Trailer: Count, Also")
			n.write(w, "short")
			set(w, "Sum: 2", "Count: 1", "Sum: 1", "Also: 3")
		}, "    Sum: 1"),
		ordered("trailers of both kinds", message{}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Trailer: Middle")
			n.write(w, "short")
			w.(http.Flusher).Flush()
			set(w, "Middle: 1", http.TrailerPrefix+"Z: 1", http.TrailerPrefix+"A: 1", http.TrailerPrefix+"Middle: 2")
		}, "    Middle: 1"),
		ordered("a file", message{header: []string{"Range: bytes=1-3"}}, func(_ *notes, w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "case.txt", time.Unix(1e9, 0), strings.NewReader("content"))
		}, "    Content-Range: bytes 1-3/7"),
		ordered("an error", message{}, func(_ *notes, w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "no", http.StatusForbidden)
		}, "    X-Content-Type-Options: nosniff"),
		ordered("an unread body that is too much", message{method: "POST", body: strings.Repeat("u", 300<<10)}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			set(w, "Connection: keep-alive", "Vary: *")
			n.write(w, "short")
		}, "    Connection: close"),
		ordered("an unread body that is too much on HTTP 1.0", message{
			method: "POST", body: strings.Repeat("u", 300<<10), proto: "HTTP/1.0", header: []string{"Connection: keep-alive"},
		}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			n.write(w, "short")
		}, "    Connection: close"),
		ordered("copied", message{}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			c, err := io.Copy(w, struct{ io.Reader }{strings.NewReader(strings.Repeat("c", 5000))})
			n.count("copy", c, err)
		}, "    Transfer-Encoding: chunked"),
	}
}

// ordered is answer with the lines of each reply in their order.
func (c *conversation) ordered(method string) *reply {
	for {
		p := readReply(c.br, method)
		c.saw("%s", p.statusLine)
		for _, fields := range [][]string{p.fields, p.trailer} {
			for _, field := range fields {
				c.saw("    %s", maskDate(field))
			}
			c.saw("    --")
		}
		c.saw("    body: %s", abridged(p.body))
		if p.err != nil {
			c.saw("    broken off: %s", wireErrorClass(p.err))
		}
		if p.err != nil || p.code >= 200 {
			return p
		}
	}
}

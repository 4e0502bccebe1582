package compat_test

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
)

// codingCases set the fields that decide about framing and connection in ways
// that contradict each other, for every form of request that changes what a
// server makes of them.
func codingCases() []handlerCase {
	headers := []struct {
		name   string
		header http.Header
	}{
		{"identity", http.Header{"Transfer-Encoding": {"identity"}}},
		{"chunked", http.Header{"Transfer-Encoding": {"chunked"}}},
		{"gzip", http.Header{"Transfer-Encoding": {"gzip"}}},
		{"gzip, then chunked", http.Header{"Transfer-Encoding": {"gzip", "chunked"}}},
		{"empty coding", http.Header{"Transfer-Encoding": {""}}},
		{"no coding", http.Header{"Transfer-Encoding": nil}},
		{"length and identity", http.Header{"Transfer-Encoding": {"identity"}, "Content-Length": {"5"}}},
		{"length of zero", http.Header{"Content-Length": {"0"}}},
		{"length too small", http.Header{"Content-Length": {"3"}}},
		{"length too large", http.Header{"Content-Length": {"7"}}},
		{"length nil", http.Header{"Content-Length": nil}},
		{"upgrade", http.Header{"Connection": {"Upgrade"}, "Upgrade": {"x"}}},
		{"close", http.Header{"Connection": {"close"}}},
		{"Close", http.Header{"Connection": {"Close"}}},
		{"keep-alive and close", http.Header{"Connection": {"keep-alive, close"}}},
		{"keep-alive, then close", http.Header{"Connection": {"keep-alive", "close"}}},
		{"close, then keep-alive", http.Header{"Connection": {"close", "keep-alive"}}},
		{"keep-alive", http.Header{"Connection": {"keep-alive"}}},
		{"Keep-Alive", http.Header{"Connection": {"Keep-Alive"}}},
		{"empty connection", http.Header{"Connection": {""}}},
		{"connection nil", http.Header{"Connection": nil}},
		{"type nil", http.Header{"Content-Type": nil}},
		{"type empty", http.Header{"Content-Type": {""}}},
		{"encoding empty", http.Header{"Content-Encoding": {""}}},
		{"encoding gzip", http.Header{"Content-Encoding": {"gzip"}}},
		{"trailer", http.Header{"Trailer": {"Sum"}, "Sum": {"1"}}},
		{"trailer empty", http.Header{"Trailer": {""}}},
		{"trailer of commas", http.Header{"Trailer": {", ,Sum,"}, "Sum": {"1"}}},
		{"trailer by prefix", http.Header{http.TrailerPrefix + "Sum": {"1"}}},
	}
	requests := []struct {
		name string
		m    message
	}{
		{"GET", message{}},
		{"HEAD", message{method: "HEAD"}},
		{"closing GET", message{header: []string{"Connection: close"}}},
		{"GET of HTTP 1.0", message{proto: "HTTP/1.0"}},
		{"keeping GET of HTTP 1.0", message{proto: "HTTP/1.0", header: []string{"Connection: Keep-Alive"}}},
		{"keeping HEAD of HTTP 1.0", message{method: "HEAD", proto: "HTTP/1.0", header: []string{"Connection: keep-alive"}}},
	}
	bodies := []struct {
		name  string
		serve func(n *notes, w http.ResponseWriter)
	}{
		{"short", func(n *notes, w http.ResponseWriter) { n.write(w, "hello") }},
		{"flushed", func(n *notes, w http.ResponseWriter) {
			n.write(w, "he")
			n.err("flush", http.NewResponseController(w).Flush())
			n.write(w, "llo")
		}},
		{"empty", func(*notes, http.ResponseWriter) {}},
		{"not modified", func(n *notes, w http.ResponseWriter) {
			w.WriteHeader(http.StatusNotModified)
			n.write(w, "hello")
		}},
		{"no content", func(_ *notes, w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }},
		{"an error", func(_ *notes, w http.ResponseWriter) { http.Error(w, "no", http.StatusNotFound) }},
	}
	var cases []handlerCase
	for _, h := range headers {
		cases = append(cases, handlerCase{
			name: "coding/" + h.name,
			slow: true, // it is many connections already
			talk: func(c *conversation) {
				for i, body := range bodies {
					for _, r := range requests {
						c.saw("-- %s, %s", r.name, body.name)
						r.m.target = fmt.Sprintf("/case?%d", i)
						c.onceMore(r.m)
					}
				}
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				for k, vv := range h.header {
					w.Header()[k] = slices.Clone(vv)
				}
				i, _ := strconv.Atoi(r.URL.RawQuery)
				bodies[i].serve(n, w)
			},
			shows: []string{"HTTP/1.1 200 OK", "HTTP/1.0 200 OK", "HTTP/1.1 304"},
		})
	}
	return cases
}

// onceMore is exchange on a connection of its own that has served a request
// before.
func (c *conversation) onceMore(m message) {
	conn, err := net.Dial("tcp", c.conn.RemoteAddr().String())
	if err != nil {
		c.saw("dial: %s", errorClass(err))
		return
	}
	other := newConversation(conn, c.notes)
	defer other.close()
	other.send(plain(warmPath))
	other.answer(http.MethodGet)
	other.seen = nil
	other.exchange(m)
	c.seen = append(c.seen, other.seen...)
}

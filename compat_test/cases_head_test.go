package compat_test

import (
	"io"
	"net/http"
	"strings"
)

// headCases answer HEAD: the fields of GET where they are known, and no body.
func headCases() []handlerCase {
	head := message{method: "HEAD"}
	return []handlerCase{
		{
			name:    "head/nothing written",
			request: head,
			serve:   func(*notes, http.ResponseWriter, *http.Request) {},
			shows:   []string{"HTTP/1.1 200 OK", "no body"},
		},
		{
			name:    "head/short body written",
			request: head,
			serve:   func(n *notes, w http.ResponseWriter, _ *http.Request) { n.write(w, "<html>") },
			shows:   []string{"Content-Length: 6", "text/html"},
		},
		{
			name:    "head/long body written",
			request: head,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.write(w, strings.Repeat("x", 10_000))
				n.write(w, strings.Repeat("y", 10_000))
			},
			shows: []string{"HTTP/1.1 200 OK", "write: 10000, ok"},
		},
		{
			name:    "head/length given, nothing written",
			request: head,
			serve: func(_ *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "12345")
				w.Header().Set("Content-Type", "text/plain")
			},
			shows: []string{"Content-Length: 12345"},
		},
		{
			name:    "head/length given, too much written",
			request: head,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "3")
				n.write(w, "abc")
				n.write(w, "d")
			},
			shows: []string{"http.ErrContentLength"},
		},
		{
			name:    "head/flushed before and after a write",
			request: head,
			http1:   true, // an HTTP/2 client has all it wants after the first flush
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.err("flush", http.NewResponseController(w).Flush())
				n.write(w, "abc")
				n.err("flush", http.NewResponseController(w).Flush())
			},
			shows: []string{"HTTP/1.1 200 OK", "flush: ok"},
		},
		{
			name:    "head/copied from a reader",
			request: head,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				c, err := io.Copy(w, strings.NewReader(strings.Repeat("z", 5000)))
				n.count("copy", c, err)
			},
			shows: []string{"copy: 5000, ok"},
		},
		{
			name:    "head/trailers",
			request: head,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trailer", "Sum")
				n.write(w, "abc")
				w.Header().Set("Sum", "1")
			},
			shows: []string{"HTTP/1.1 200 OK"},
		},
		{
			name:    "head/not found",
			request: head,
			serve: func(_ *notes, w http.ResponseWriter, r *http.Request) {
				http.NotFound(w, r)
			},
			shows: []string{"HTTP/1.1 404 Not Found", "Content-Length: 19"},
		},
		{
			name: "head/on HTTP 1.0 with keep-alive",
			request: message{
				method: "HEAD",
				proto:  "HTTP/1.0",
				header: []string{"Connection: keep-alive"},
			},
			http1: true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) { n.write(w, "abc") },
			shows: []string{"HTTP/1.0 200 OK", "Connection: keep-alive", "-- probe"},
		},
	}
}

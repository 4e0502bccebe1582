package compat_test

import (
	"io"
	"net/http"
	"strings"
)

// bodyCases write bodies in all sizes, without a length of their own.
func bodyCases() []handlerCase {
	return []handlerCase{
		{
			name:  "body/empty",
			serve: func(*notes, http.ResponseWriter, *http.Request) {},
			shows: []string{"HTTP/1.1 200 OK", "Content-Length: 0"},
		},
		{
			name:  "body/empty write",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) { n.write(w, "") },
			shows: []string{"Content-Length: 0", "write: 0, ok"},
		},
		{
			name: "body/short",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.write(w, "hello ")
				n.write(w, "world")
			},
			shows: []string{"Content-Length: 11", "text/plain", `body: 11 "hello world"`},
		},
		sizedBody("body/2047 bytes", 2047, "Content-Length: 2047"),
		sizedBody("body/2048 bytes", 2048, "framing: "),
		sizedBody("body/2049 bytes", 2049, "framing: chunked"),
		sizedBody("body/4096 bytes", 4096, "framing: chunked"),
		sizedBody("body/one megabyte", 1<<20, "framing: chunked"),
		{
			name: "body/many small writes",
			serve: func(_ *notes, w http.ResponseWriter, _ *http.Request) {
				for range 1000 {
					io.WriteString(w, "0123456789")
				}
			},
			anyChunks: true,
			shows:     []string{"framing: chunked", "body: 10000"},
		},
		{
			name: "body/io.WriteString",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				c, err := io.WriteString(w, "a string")
				n.count("string", int64(c), err)
			},
			shows: []string{`body: 8 "a string"`},
		},
		{
			name: "body/the caller's buffer is free afterwards",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				p := []byte("first ")
				for range 3 {
					c, err := w.Write(p)
					n.count("write", int64(c), err)
					copy(p, "later ")
				}
			},
			shows: []string{`"first later later "`},
		},
		{
			name: "body/header changed after the write",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Before", "1")
				n.write(w, "begun")
				w.Header().Set("Before", "2")
				w.Header().Set("After", "1")
			},
			shows: []string{"    Before: 1"},
		},
		{
			name: "body/header first asked for after WriteHeader",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusOK)
				w.Header().Set("After", "1")
				n.write(w, "body")
			},
			shows: []string{"HTTP/1.1 200 OK"},
		},
		{
			name: "body/none allowed",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusNoContent)
				n.write(w, "")
				n.write(w, "refused")
				_, err := io.Copy(w, strings.NewReader("refused"))
				n.err("copy", err)
				n.err("flush", http.NewResponseController(w).Flush())
			},
			shows: []string{"HTTP/1.1 204 No Content", "write: 0, http.ErrBodyNotAllowed"},
		},
		{
			name: "body/capabilities of the writer",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.add("capabilities: %s", capabilities(w))
			},
			shows: []string{"Hijacker", "ReaderFrom", "StringWriter"},
		},
	}
}

// sizedBody writes size bytes at once.
func sizedBody(name string, size int, shows string) handlerCase {
	return handlerCase{
		name:      name,
		anyChunks: true,
		serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
			n.write(w, strings.Repeat("0123456789abcdef", size/16+1)[:size])
		},
		shows: []string{shows},
	}
}

// lengthCases give a Content-Length, right or wrong.
func lengthCases() []handlerCase {
	write := func(length string, parts ...string) func(*notes, http.ResponseWriter, *http.Request) {
		return func(n *notes, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", length)
			for _, part := range parts {
				n.write(w, part)
			}
			n.add("length in the map: %q", w.Header()["Content-Length"])
		}
	}
	return []handlerCase{
		{name: "length/exact", serve: write("10", "01234", "56789"), shows: []string{"Content-Length: 10", "-- probe"}},
		{name: "length/zero", serve: write("0"), shows: []string{"Content-Length: 0", "-- probe"}},
		{name: "length/zero with a body", serve: write("0", "x"), shows: []string{"http.ErrContentLength"}},
		{name: "length/too little written", serve: write("10", "01234"), shows: []string{"closed in the middle"}},
		{name: "length/nothing written", serve: write("10"), shows: []string{"broken off"}},
		{name: "length/too much in one write", serve: write("5", "0123456789"), shows: []string{"write: 0, http.ErrContentLength"}},
		{name: "length/too much in the second write", serve: write("5", "01234", "56789"), shows: []string{`body: 5 "01234"`}},
		{name: "length/too much, then fitting", serve: write("5", "012345", "01234"), shows: []string{"write: 0, http.ErrContentLength"}},
		{name: "length/large", serve: write("100000", strings.Repeat("l", 100_000)), shows: []string{"Content-Length: 100000", "-- probe"}},
		{
			name: "length/no number", serve: write("ten", "0123456789"), shows: []string{"framing: chunked", "length in the map: []"},
			logs: []string{"invalid Content-Length"},
		},
		{
			name: "length/negative", serve: write("-1", "0123456789"), shows: []string{"framing: chunked", "length in the map: []"},
			logs: []string{"invalid Content-Length"},
		},
		{
			name: "length/no number, HEAD", request: message{method: "HEAD"}, serve: write("ten", "0123456789"),
			shows: []string{"HTTP/1.1 200 OK"}, logs: []string{"invalid Content-Length"},
		},
		{
			name: "length/no number, HTTP 1.0", request: message{proto: "HTTP/1.0"}, http1: true, serve: write("ten", "0123456789"),
			shows: []string{"HTTP/1.0 200 OK"}, logs: []string{"invalid Content-Length"},
		},
		{name: "length/with a sign", serve: write("+5", "01234"), shows: []string{"HTTP/1.1 200 OK"}},
		{name: "length/with zeros in front", serve: write("005", "01234"), shows: []string{"HTTP/1.1 200 OK"}},
		{name: "length/empty", serve: write("", "01234"), shows: []string{"HTTP/1.1 200 OK"}},
		{
			name: "length/twice the same",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Length"] = []string{"5", "5"}
				n.write(w, "01234")
			},
			shows: []string{"HTTP/1.1 200 OK"},
		},
		{
			name: "length/set after WriteHeader",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Kind", "late")
				w.WriteHeader(http.StatusOK)
				w.Header().Set("Content-Length", "3")
				n.write(w, "01234")
			},
			shows: []string{"Content-Length: 5"},
		},
		{
			name: "length/none on HTTP 1.0",
			talk: func(c *conversation) {
				c.exchange(message{proto: "HTTP/1.0"})
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.write(w, strings.Repeat("x", 9000))
			},
			shows: []string{"HTTP/1.0 200 OK", "framing: until close"},
		},
	}
}

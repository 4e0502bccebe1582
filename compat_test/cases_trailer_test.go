package compat_test

import (
	"net/http"
)

// trailerCases send fields after the body.
func trailerCases() []handlerCase {
	flush := func(n *notes, w http.ResponseWriter) { n.err("flush", http.NewResponseController(w).Flush()) }
	return []handlerCase{
		{
			name: "trailer/declared",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trailer", "Sum, Count")
				n.write(w, "body")
				w.Header().Set("Sum", "abc")
				w.Header().Set("Count", "1")
			},
			shows: []string{"framing: chunked", "    Sum: abc", "    Count: 1"},
		},
		{
			name: "trailer/declared in two lines",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Add("Trailer", "Sum")
				w.Header().Add("Trailer", "Count")
				n.write(w, "body")
				flush(n, w)
				w.Header().Set("Count", "1")
				w.Header()["Sum"] = []string{"a", "b"}
			},
			shows: []string{"    Sum: a", "    Sum: b", "    Count: 1"},
		},
		{
			name: "trailer/declared and never set",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trailer", "Sum")
				n.write(w, "body")
			},
			shows: []string{"    Trailer: Sum", "framing: chunked"},
		},
		{
			name: "trailer/declared without a body",
			serve: func(_ *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trailer", "Sum")
				w.WriteHeader(http.StatusOK)
				w.Header().Set("Sum", "abc")
			},
			shows: []string{"    Trailer: Sum"},
		},
		{
			name: "trailer/set before the body",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trailer", "Sum")
				w.Header().Set("Sum", "early")
				n.write(w, "body")
				w.Header().Set("Sum", "late")
			},
			shows: []string{"    Sum: "},
		},
		{
			name: "trailer/forbidden fields",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trailer", "Content-Length, Transfer-Encoding, Trailer, Sum")
				n.write(w, "body")
				w.Header().Set("Sum", "abc")
			},
			shows: []string{"    Sum: abc"},
		},
		{
			name: "trailer/by prefix",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.write(w, "body")
				flush(n, w)
				w.Header().Set(http.TrailerPrefix+"Sum", "abc")
				w.Header().Add(http.TrailerPrefix+"Sum", "def")
			},
			shows: []string{"    Sum: abc", "    Sum: def"},
		},
		{
			name: "trailer/by prefix, set before the body",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set(http.TrailerPrefix+"Sum", "abc")
				n.write(w, "body")
			},
			shows: []string{"    Sum: abc"},
		},
		{
			name: "trailer/by prefix after a short body",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.write(w, "body")
				w.Header().Set(http.TrailerPrefix+"Sum", "abc")
			},
			shows: []string{"HTTP/1.1 200 OK"},
		},
		{
			name: "trailer/by prefix, without a body",
			serve: func(_ *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set(http.TrailerPrefix+"Sum", "abc")
			},
			shows: []string{"HTTP/1.1 200 OK"},
		},
		{
			name: "trailer/both kinds",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trailer", "Sum")
				n.write(w, "body")
				w.Header().Set("Sum", "abc")
				w.Header().Set(http.TrailerPrefix+"More", "def")
			},
			shows: []string{"    Sum: abc"},
		},
		{
			name:  "trailer/line break in a value",
			http1: true, // the HTTP/2 client waits for the trailer in vain
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trailer", "Sum")
				n.write(w, "body")
				w.Header().Set("Sum", "a\r\nX-Injected: 1")
			},
			shows: []string{"    Sum: a"},
		},
		{
			name: "trailer/with a length",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trailer", "Sum")
				w.Header().Set("Content-Length", "4")
				n.write(w, "body")
				w.Header().Set("Sum", "abc")
			},
			shows: []string{"framing: length", "-- probe"},
		},
		{
			name:    "trailer/on HTTP 1.0",
			request: message{proto: "HTTP/1.0", header: []string{"TE: trailers"}},
			http1:   true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trailer", "Sum")
				n.write(w, "body")
				flush(n, w)
				w.Header().Set("Sum", "abc")
				w.Header().Set(http.TrailerPrefix+"More", "def")
			},
			shows: []string{"HTTP/1.0 200 OK", "framing: until close"},
		},
		{
			name: "trailer/with no content",
			serve: func(_ *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trailer", "Sum")
				w.WriteHeader(http.StatusNoContent)
				w.Header().Set("Sum", "abc")
			},
			shows: []string{"HTTP/1.1 204 No Content", "-- probe"},
		},
	}
}

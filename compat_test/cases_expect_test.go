package compat_test

import (
	"io"
	"net/http"
)

// expectCases ask for 100 Continue.
func expectCases() []handlerCase {
	post := message{method: "POST", body: "after the permission", expect: true}
	return []handlerCase{
		{
			name: "expect/read", request: post,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", r.Body)
				n.write(w, "read")
			},
			shows: []string{"HTTP/1.1 100 Continue", `body: 20 "after the permission", ok`, "-- probe"},
		},
		{
			name: "expect/read, chunked", http1: true,
			request: message{method: "POST", chunks: []string{"after", "that"}, expect: true},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", r.Body)
				n.write(w, "read")
			},
			shows: []string{"HTTP/1.1 100 Continue", `body: 9 "afterthat", ok`, "-- probe"},
		},
		{
			name: "expect/unread", request: post,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				http.Error(w, "no thanks", http.StatusForbidden)
			},
			shows: []string{"HTTP/1.1 403 Forbidden", "Connection: close", "end: closed"},
		},
		{
			name: "expect/read in part", request: post, http1: true,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				c, err := io.ReadFull(r.Body, make([]byte, 5))
				n.count("read", int64(c), err)
				n.write(w, "part")
			},
			shows: []string{"HTTP/1.1 100 Continue", "read: 5, ok"},
		},
		{
			name: "expect/read after the response began",
			talk: func(c *conversation) {
				c.request(post)
				c.probe(c.answer("POST"))
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusOK)
				n.err("flush", http.NewResponseController(w).Flush())
				n.write(w, "begun")
			},
			shows: []string{"HTTP/1.1 200 OK"},
		},
		{
			name: "expect/continued by WriteHeader", request: post, http1: true,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusContinue)
				n.readAll("body", r.Body)
				n.write(w, "read")
			},
			shows: []string{"HTTP/1.1 100 Continue", `"after the permission", ok`},
		},
		{
			name: "expect/early hints, then read", request: post, http1: true,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusEarlyHints)
				n.readAll("body", r.Body)
				n.write(w, "read")
			},
			shows: []string{"HTTP/1.1 103 Early Hints"},
		},
		{
			name:    "expect/body closed unread",
			request: message{method: "POST", body: "impatient", header: []string{"Expect: 100-continue"}}, http1: true,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.err("close", r.Body.Close())
				n.write(w, "closed")
			},
			shows: []string{"HTTP/1.1 200 OK"},
		},
		{
			name:    "expect/the body comes at once",
			request: message{method: "POST", body: "impatient", header: []string{"Expect: 100-continue"}}, http1: true,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", r.Body)
				n.write(w, "read")
			},
			shows: []string{`"impatient", ok`, "-- probe"},
		},
		{
			name:    "expect/the body comes at once, unread",
			request: message{method: "POST", body: "impatient", header: []string{"Expect: 100-continue"}}, http1: true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) { n.write(w, "ignored") },
			shows: []string{"ignored", "Connection: close"},
		},
		{
			name:    "expect/without a body",
			request: message{header: []string{"Expect: 100-continue"}}, http1: true,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", r.Body)
				n.write(w, "read")
			},
			shows: []string{"HTTP/1.1 200 OK", "-- probe"},
		},
		{
			name:    "expect/on HTTP 1.0",
			request: message{method: "POST", proto: "HTTP/1.0", body: "old", header: []string{"Expect: 100-continue"}}, http1: true,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", r.Body)
				n.write(w, "read")
			},
			shows: []string{"HTTP/1.0 200 OK", `"old", ok`},
		},
		{
			name:    "expect/something else",
			request: message{method: "POST", body: "b", header: []string{"Expect: a-miracle"}}, http1: true,
			serve:     func(n *notes, w http.ResponseWriter, _ *http.Request) { n.write(w, "unreached") },
			normalise: statusCodeAlone,
			shows:     []string{"status 417", "end: closed"},
		},
		{
			name: "expect/panic before reading", panics: true,
			talk: func(c *conversation) {
				c.request(post)
				c.notes.wait("running")
				c.hangUpWriting()
				c.answer("POST")
			},
			serve: func(n *notes, _ http.ResponseWriter, _ *http.Request) {
				n.open("running")
				panic("unread")
			},
			shows: []string{"no reply"},
			logs:  []string{"panic serving"},
		},
	}
}

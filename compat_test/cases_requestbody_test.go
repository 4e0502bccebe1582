package compat_test

import (
	"io"
	"net/http"
	"strings"
)

// requestBodyCases read the request's body in every way and to every extent.
func requestBodyCases() []handlerCase {
	ignore := func(n *notes, w http.ResponseWriter, _ *http.Request) { n.write(w, "ignored") }
	readAll := func(n *notes, w http.ResponseWriter, r *http.Request) {
		n.readAll("body", r.Body)
		n.add("trailer %q", headerLines(r.Trailer))
		n.write(w, "read")
	}
	long := strings.Repeat("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", 3)
	return []handlerCase{
		{
			name: "request body/read", request: message{method: "POST", body: "hello"}, serve: readAll,
			shows: []string{`body: 5 "hello", ok`, "-- probe"},
		},
		{
			name: "request body/none", request: message{method: "POST"}, serve: readAll,
			shows: []string{`body: 0 "", ok`, "none true"},
		},
		{
			name:    "request body/length of zero",
			request: message{method: "POST", header: []string{"Content-Length: 0"}}, serve: readAll,
			shows: []string{`body: 0 "", ok`},
		},
		{
			name: "request body/with GET", request: message{body: "odd but allowed"}, serve: readAll,
			shows: []string{`body: 15 "odd but allowed", ok`},
		},
		{
			name: "request body/chunked", request: message{method: "POST", chunks: []string{"one", "two", "three"}}, serve: readAll,
			shows: []string{`body: 11 "onetwothree", ok`, `length -1 te ["chunked"]`},
		},
		{
			name: "request body/chunked and empty", request: message{method: "POST", chunks: []string{}}, serve: readAll,
			shows: []string{`body: 0 "", ok`},
		},
		{
			name: "request body/chunked with trailers",
			request: message{
				method:  "PUT",
				chunks:  []string{"one", "two"},
				trailer: []string{"Sum: abc", "Count: 2"},
			},
			serve: readAll,
			shows: []string{`trailer(nil false)`, `trailer ["Count: 2" "Sum: abc"]`},
		},
		{
			name:  "request body/chunked with trailers, unread",
			http1: true, // over HTTP/2 the trailer may come after the reset
			request: message{
				method:  "PUT",
				chunks:  []string{"one", "two"},
				trailer: []string{"Sum: abc"},
			},
			serve: ignore,
			shows: []string{"ignored", "-- probe"},
		},
		{
			name: "request body/chunked with a trailer that was not announced",
			talk: func(c *conversation) {
				c.send("POST /case HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\nSum: abc\r\n\r\n")
				c.probe(c.answer("POST"))
			},
			serve: readAll,
			shows: []string{`body: 3 "one", ok`},
		},
		{
			name: "request body/chunk extensions",
			talk: func(c *conversation) {
				c.send("POST /case HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\none\r\n03;c=\"d\"\r\ntwo\r\n0;last\r\n\r\n")
				c.probe(c.answer("POST"))
			},
			serve: readAll,
			shows: []string{`body: 6 "onetwo", ok`, "-- probe"},
		},
		{
			name: "request body/chunked, malformed",
			talk: func(c *conversation) {
				c.send("POST /case HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\nZ\r\n0\r\n\r\n")
				c.probe(c.answer("POST"))
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				p, err := io.ReadAll(r.Body)
				n.add("body: %q, an error of its own %t", p, err != nil && errorClass(err) == maskAddresses(err.Error()))
				n.write(w, "read")
			},
			shows: []string{`body: "one", an error of its own true`},
		},
		{
			name: "request body/chunked, malformed and unread",
			talk: func(c *conversation) {
				c.send("POST /case HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nZ\r\n0x\r\n\r\n" + plain("/smuggled"))
				c.probe(c.answer("POST"))
			},
			serve: ignore,
			shows: []string{"ignored"},
		},
		{
			name: "request body/unread", request: message{method: "POST", body: long}, serve: ignore,
			shows: []string{"ignored", "-- probe"},
		},
		{
			name: "request body/chunked, unread", request: message{method: "POST", chunks: []string{long, long}}, serve: ignore,
			shows: []string{"ignored", "-- probe"},
		},
		{
			name:    "request body/read in part",
			request: message{method: "POST", body: "GET" + long},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				p := make([]byte, 3)
				c, err := io.ReadFull(r.Body, p)
				n.count("read", int64(c), err)
				n.write(w, "part")
			},
			shows: []string{"read: 3, ok", "-- probe"},
		},
		{
			name: "request body/large, read", request: message{method: "POST", body: strings.Repeat("b", 600_000)}, serve: readAll,
			shows: []string{"body: 600000", "-- probe"},
		},
		{
			name: "request body/large, chunked, read", request: message{method: "POST", chunks: []string{strings.Repeat("b", 300_000), strings.Repeat("c", 300_000)}}, serve: readAll,
			shows: []string{"body: 600000", "-- probe"},
		},
		{
			name: "request body/200 KiB unread", http1: true,
			request: message{method: "POST", body: strings.Repeat("u", 200<<10)}, serve: ignore,
			shows: []string{"ignored", "-- probe"},
		},
		{
			name: "request body/300 KiB unread", http1: true,
			request: message{method: "POST", body: strings.Repeat("u", 300<<10)}, serve: ignore,
			shows: []string{"ignored", "Connection: close", "end: closed"},
		},
		{
			name: "request body/300 KiB chunked, unread", http1: true,
			request: message{method: "POST", chunks: []string{strings.Repeat("u", 300<<10)}}, serve: ignore,
			shows: []string{"ignored", "Connection: close", "end: closed"},
		},
		{
			name: "request body/one gigabyte announced, unread",
			talk: func(c *conversation) {
				c.send("POST /case HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n" + strings.Repeat("u", 1000))
				c.probe(c.answer("POST"))
			},
			serve: ignore,
			shows: []string{"ignored", "Connection: close", "end: closed"},
		},
		{
			name: "request body/closed by the handler", request: message{method: "POST", body: long},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.err("close", r.Body.Close())
				n.readAll("body", r.Body)
				n.err("close again", r.Body.Close())
				n.write(w, "closed")
			},
			shows: []string{"http.ErrBodyReadAfterClose"},
		},
		{
			name: "request body/read on after its end", request: message{method: "POST", body: "hello"},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", r.Body)
				c, err := r.Body.Read(make([]byte, 1))
				n.count("read", int64(c), err)
				c, err = r.Body.Read(nil)
				n.count("read nothing", int64(c), err)
				n.err("close", r.Body.Close())
				c, err = r.Body.Read(make([]byte, 1))
				n.count("read", int64(c), err)
				n.write(w, "read")
			},
			shows: []string{"read: 0, EOF", "http.ErrBodyReadAfterClose"},
		},
		{
			name: "request body/read after the response began", request: message{method: "POST", body: "hello"},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.write(w, "begun ")
				n.err("flush", http.NewResponseController(w).Flush())
				n.readAll("body", r.Body)
				n.write(w, "ended")
			},
			shows: []string{`"begun ended"`},
		},
		{
			name: "request body/broken off",
			talk: func(c *conversation) {
				c.send("POST /case HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
				c.notes.wait("running")
				c.hangUpWriting()
				c.probe(c.answer("POST"))
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.open("running")
				readAll(n, w, r)
			},
			shows: []string{`body: 4 "half", unexpected EOF`},
		},
		{
			name: "request body/chunked, broken off",
			talk: func(c *conversation) {
				c.send("POST /case HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf")
				c.notes.wait("running")
				c.hangUpWriting()
				c.probe(c.answer("POST"))
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.open("running")
				readAll(n, w, r)
			},
			shows: []string{`body: 4 "half", unexpected EOF`},
		},
		{
			name: "request body/arrives late",
			talk: func(c *conversation) {
				c.send("POST /case HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
				c.notes.wait("running")
				c.send("first")
				c.notes.wait("reading")
				c.send("later")
				c.probe(c.answer("POST"))
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.open("running")
				p := make([]byte, 5)
				c, err := io.ReadFull(r.Body, p)
				n.count("read", int64(c), err)
				n.open("reading")
				n.readAll("body", r.Body)
				n.write(w, "read")
			},
			shows: []string{`body: 5 "later", ok`, "-- probe"},
		},
		{
			name: "request body/http.MaxBytesReader, within", request: message{method: "POST", body: "hello"},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", http.MaxBytesReader(w, r.Body, 5))
				n.write(w, "read")
			},
			shows: []string{`body: 5 "hello", ok`, "-- probe"},
		},
		{
			name: "request body/http.MaxBytesReader, beyond", request: message{method: "POST", body: "hello world"},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", http.MaxBytesReader(w, r.Body, 5))
				http.Error(w, "too much", http.StatusRequestEntityTooLarge)
			},
			shows: []string{`body: 5 "hello", *http.MaxBytesError(5)`, "Connection: close", "end: closed"},
		},
		{
			name: "request body/http.MaxBytesReader, beyond, chunked", request: message{method: "POST", chunks: []string{"hello", " world"}},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", http.MaxBytesReader(w, r.Body, 7))
				http.Error(w, "too much", http.StatusRequestEntityTooLarge)
			},
			shows: []string{`*http.MaxBytesError(7)`, "Connection: close", "end: closed"},
		},
	}
}

package compat_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// bodyLeftCases are about a request body that is not read when the response
// begins: what a server throws away, what it leaves to the handler, and what
// becomes of the connection.
func bodyLeftCases() []handlerCase {
	const most = 256 << 10 // what is thrown away to keep a connection
	chunks := func(size int) message { return message{method: "POST", chunks: []string{strings.Repeat("c", size)}} }
	whole := func(size int) message { return message{method: "POST", body: strings.Repeat("b", size)} }
	row := func(name string, m message, serve func(*notes, http.ResponseWriter, *http.Request), shows ...string) handlerCase {
		return handlerCase{name: "body left/" + name, request: m, http1: true, anyChunks: true, serve: serve, shows: shows}
	}
	echo := func(n *notes, w http.ResponseWriter, r *http.Request) {
		c, err := io.Copy(w, r.Body)
		n.count("echo", c, err)
	}
	flushThenRead := func(n *notes, w http.ResponseWriter, r *http.Request) {
		n.err("flush", http.NewResponseController(w).Flush())
		c, err := io.Copy(io.Discard, r.Body)
		n.count("read", c, err)
		n.write(w, "done")
	}
	readSome := func(n *notes, w http.ResponseWriter, r *http.Request) {
		c, err := io.ReadFull(r.Body, make([]byte, 1000))
		n.count("read", int64(c), err)
		n.write(w, "some")
	}
	closed := func(n *notes, w http.ResponseWriter, r *http.Request) {
		n.err("close", r.Body.Close())
		n.readAll("body", r.Body)
		n.add("trailer %q", r.Trailer.Get("Sum"))
		n.write(w, "closed")
	}
	trailing := message{method: "POST", chunks: []string{"one", "two"}, trailer: []string{"Sum: abc"}}
	cases := []handlerCase{
		row("1 MiB echoed", whole(1<<20), echo, "echo: 1048576, ok", "Connection: close"),
		row("1 MiB echoed, chunked", chunks(1<<20), echo, "echo: "),
		row("1 MiB echoed on HTTP 1.0", message{method: "POST", body: strings.Repeat("b", 1<<20), proto: "HTTP/1.0"}, echo, "echo: 1048576, ok"),
		row("1 MiB read after a flush", whole(1<<20), flushThenRead, "read: 1048576, ok"),
		row("1 MiB read after a flush, chunked", chunks(1<<20), flushThenRead, "read: "),
		row("1 KiB read after a flush", whole(1<<10), flushThenRead, "flush: ok"),
		row("read in part, 1 MiB", whole(1<<20), readSome, "read: 1000, ok", "end: closed"),
		row("read in part, chunked, 1 MiB", chunks(1<<20), readSome, "read: 1000, ok", "end: closed"),
		row("closed, with a trailer", trailing, closed, `trailer "abc"`),
		row("closed, 300 KiB", whole(300<<10), closed, "closed", "end: closed"),
		row("closed, 300 KiB chunked", chunks(300<<10), closed, "closed", "end: closed"),
		row("closed, then flushed", whole(1<<10), func(n *notes, w http.ResponseWriter, r *http.Request) {
			n.err("close", r.Body.Close())
			n.err("flush", http.NewResponseController(w).Flush())
			n.write(w, "closed")
		}, "-- probe"),
		row("full duplex, unread", whole(1<<20), func(n *notes, w http.ResponseWriter, _ *http.Request) {
			n.err("full duplex", http.NewResponseController(w).EnableFullDuplex())
			n.err("flush", http.NewResponseController(w).Flush())
			n.write(w, "unread")
		}, "unread"),
		{
			name: "body left/read when the handler has returned",
			talk: func(c *conversation) {
				c.request(message{method: "POST", body: "unread"})
				c.answer("POST")
				c.notes.open("answered")
				c.notes.wait("read")
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.start(func() {
					n.wait("answered")
					c, err := r.Body.Read(make([]byte, 10))
					n.count("late read", int64(c), err)
					n.open("read")
				})
				n.write(w, "answered")
			},
			shows: []string{"late read: 0, http.ErrBodyReadAfterClose"},
		},
		{
			name: "body left/read to its end, and again when the handler has returned",
			talk: func(c *conversation) {
				c.request(message{method: "POST", body: "hello"})
				c.answer("POST")
				c.notes.open("answered")
				c.notes.wait("read")
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", r.Body)
				n.start(func() {
					n.wait("answered")
					c, err := r.Body.Read(make([]byte, 10))
					n.count("late read", int64(c), err)
					n.open("read")
				})
				n.write(w, "answered")
			},
			shows: []string{"late read: 0, http.ErrBodyReadAfterClose"},
		},
	}
	for _, size := range []int{most - 1, most, most + 1} {
		unread := func(n *notes, w http.ResponseWriter, _ *http.Request) { n.write(w, "unread") }
		cases = append(cases,
			row(fmt.Sprintf("%d bytes", size), whole(size), unread, "unread"),
			row(fmt.Sprintf("%d bytes in chunks", size), chunks(size), unread, "unread"))
	}
	return cases
}

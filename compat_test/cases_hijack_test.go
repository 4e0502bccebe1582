package compat_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// hijackCases take the connection from the server themselves.
func hijackCases() []handlerCase {
	take := func(n *notes, w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, bool) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		n.err("hijack", err)
		if err != nil {
			http.Error(w, "no connection", http.StatusNotImplemented)
			return nil, nil, false
		}
		conn.SetDeadline(time.Now().Add(patience))
		return conn, rw, true
	}
	const raw = "HTTP/1.1 299 Raw\r\nContent-Length: 3\r\n\r\nraw"
	once := func(c *conversation) {
		c.request(message{})
		c.answer("GET")
		c.rest()
	}
	return []handlerCase{
		{
			name: "hijack/raw reply through the buffer", talk: once, anywhere: true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				if conn, rw, ok := take(n, w); ok {
					defer conn.Close()
					n.add("connection %T, buffered %d", conn, rw.Reader.Buffered())
					c, err := rw.WriteString(raw)
					n.count("write", int64(c), err)
					n.err("flush", rw.Flush())
				}
			},
			shows: []string{"HTTP/1.1 299 Raw", `"raw"`, "end: closed"},
		},
		{
			name: "hijack/raw reply on the connection", talk: once,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				if conn, _, ok := take(n, w); ok {
					defer conn.Close()
					n.add("addresses %t %t", conn.RemoteAddr().String() == r.RemoteAddr, conn.LocalAddr().String() == n.local)
					c, err := io.WriteString(conn, raw)
					n.count("write", int64(c), err)
				}
			},
			shows: []string{"HTTP/1.1 299 Raw", "addresses true true", "end: closed"},
		},
		{
			name: "hijack/by assertion", talk: once,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				conn, rw, err := w.(http.Hijacker).Hijack()
				n.err("hijack", err)
				defer conn.Close()
				rw.WriteString(raw)
				n.err("flush", rw.Flush())
			},
			shows: []string{"HTTP/1.1 299 Raw", "end: closed"},
		},
		{
			name: "hijack/pipelined bytes are in the buffer",
			talk: func(c *conversation) {
				c.send(plain("/case") + "some more\n")
				c.answer("GET")
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				if conn, rw, ok := take(n, w); ok {
					defer conn.Close()
					n.add("buffered %d", rw.Reader.Buffered())
					line, err := rw.ReadString('\n')
					n.add("line %q, %s", line, errorClass(err))
					io.WriteString(conn, raw)
				}
			},
			shows: []string{"buffered 10", `line "some more\n", ok`},
		},
		{
			name: "hijack/a dialogue",
			talk: func(c *conversation) {
				c.request(message{})
				c.line()
				c.send("name\n")
				c.line()
				c.send("bye\n")
				c.line()
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				if conn, rw, ok := take(n, w); ok {
					defer conn.Close()
					io.WriteString(conn, "hello\n")
					for range 2 {
						line, err := rw.ReadString('\n')
						n.add("line %q, %s", line, errorClass(err))
						fmt.Fprintf(rw, "you said %s", line)
						n.err("flush", rw.Flush())
					}
				}
			},
			shows: []string{`line "you said bye\n"`, "end: closed"},
		},
		{
			name: "hijack/outlives the handler",
			talk: func(c *conversation) {
				c.request(message{})
				c.line()
				c.notes.wait("returned")
				c.send("still there?\n")
				c.line()
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				conn, rw, ok := take(n, w)
				if !ok {
					return
				}
				ctx := r.Context()
				n.start(func() {
					defer conn.Close()
					io.WriteString(conn, "hello\n")
					n.ended(ctx)
					n.open("returned")
					line, err := rw.ReadString('\n')
					n.add("line %q, %s", line, errorClass(err))
					io.WriteString(conn, "yes\n")
				})
			},
			shows: []string{`line "still there?\n", ok`, `line "yes\n"`, "end: closed"},
		},
		{
			name: "hijack/after a write",
			talk: func(c *conversation) {
				c.request(message{})
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header()["Date"] = nil
				n.write(w, "written before")
				if conn, rw, ok := take(n, w); ok {
					defer conn.Close()
					rw.WriteString("|raw")
					n.err("flush", rw.Flush())
				}
			},
			shows: []string{"|raw"},
		},
		{
			name: "hijack/after a flush",
			talk: func(c *conversation) {
				c.request(message{})
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header()["Date"] = nil
				n.write(w, "flushed before")
				n.err("flush", http.NewResponseController(w).Flush())
				if conn, rw, ok := take(n, w); ok {
					defer conn.Close()
					rw.WriteString("|raw")
					n.err("flush", rw.Flush())
				}
			},
			shows: []string{"flushed before", "|raw"},
		},
		{
			name: "hijack/after WriteHeader",
			talk: func(c *conversation) {
				c.request(message{})
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header()["Date"] = nil
				w.WriteHeader(http.StatusAccepted)
				if conn, rw, ok := take(n, w); ok {
					defer conn.Close()
					rw.WriteString("raw")
					n.err("flush", rw.Flush())
				}
			},
			shows: []string{"raw"},
		},
		{
			name: "hijack/the writer afterwards", talk: once,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				conn, _, ok := take(n, w)
				if !ok {
					return
				}
				defer conn.Close()
				io.WriteString(conn, raw)
				n.write(w, "refused")
				n.write(w, "")
				w.WriteHeader(http.StatusTeapot)
				rc := http.NewResponseController(w)
				_, _, err := rc.Hijack()
				n.err("hijack again", err)
			},
			shows: []string{"HTTP/1.1 299 Raw", "write: 0, http.ErrHijacked", "hijack again: http.ErrHijacked"},
			logs:  []string{"response.Write on hijacked connection", "response.WriteHeader on hijacked connection"},
		},
		{
			name: "hijack/the unread body is in the buffer",
			talk: func(c *conversation) {
				c.request(message{method: "POST", body: "the body"})
				c.answer("POST")
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				if conn, rw, ok := take(n, w); ok {
					defer conn.Close()
					p := make([]byte, 8)
					c, err := io.ReadFull(rw, p)
					n.add("read %q, %s", p[:c], errorClass(err))
					io.WriteString(conn, raw)
				}
			},
			shows: []string{`read "the body", ok`},
		},
		{
			name: "hijack/after the body was read",
			talk: func(c *conversation) {
				c.request(message{method: "POST", body: "the body"})
				c.answer("POST")
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", r.Body)
				if conn, _, ok := take(n, w); ok {
					defer conn.Close()
					io.WriteString(conn, raw)
				}
			},
			shows: []string{`body: 8 "the body", ok`, "HTTP/1.1 299 Raw"},
		},
		{
			name: "hijack/while the client waits for 100 Continue",
			talk: func(c *conversation) {
				c.request(message{method: "POST", body: "waits", expect: true})
				c.answer("POST")
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				if conn, rw, ok := take(n, w); ok {
					defer conn.Close()
					n.add("buffered %d", rw.Reader.Buffered())
					io.WriteString(conn, raw)
				}
			},
			shows: []string{"HTTP/1.1 299 Raw"},
		},
		{
			name: "hijack/panic afterwards", talk: once, panics: true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				if conn, _, ok := take(n, w); ok {
					defer conn.Close()
					io.WriteString(conn, raw)
					panic("hijacked")
				}
			},
			shows: []string{"HTTP/1.1 299 Raw", "end: closed"},
			logs:  []string{"panic serving"},
		},
		{
			name: "hijack/on HTTP 1.0",
			talk: func(c *conversation) {
				c.request(message{proto: "HTTP/1.0"})
				c.answer("GET")
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				if conn, _, ok := take(n, w); ok {
					defer conn.Close()
					io.WriteString(conn, raw)
				}
			},
			shows: []string{"HTTP/1.1 299 Raw"},
		},
		{
			name: "hijack/closed without a reply",
			talk: func(c *conversation) {
				c.request(message{})
				c.answer("GET")
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				if conn, _, ok := take(n, w); ok {
					n.err("close", conn.Close())
				}
			},
			shows: []string{"close: ok", "no reply"},
		},
		{
			name: "hijack/the client leaves",
			talk: func(c *conversation) {
				c.request(message{})
				c.line()
				c.hangUp()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				if conn, rw, ok := take(n, w); ok {
					defer conn.Close()
					io.WriteString(conn, "hello\n")
					_, err := rw.ReadByte()
					n.add("the end was seen: %t", err != nil)
				}
			},
			shows: []string{"the end was seen: true"},
		},
	}
}

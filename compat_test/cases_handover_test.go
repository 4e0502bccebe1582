package compat_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// handoverCases look closely at what Hijack hands over.
func handoverCases() []handlerCase {
	longAgo := time.Unix(1, 0)
	taken := func(name string, talk func(*conversation), serve func(n *notes, w http.ResponseWriter, r *http.Request, hijack func() (net.Conn, *bufio.ReadWriter)), shows ...string) handlerCase {
		return handlerCase{
			name: "handover/" + name,
			talk: talk,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				serve(n, w, r, func() (net.Conn, *bufio.ReadWriter) {
					conn, rw, err := http.NewResponseController(w).Hijack()
					n.err("hijack", err)
					conn.SetDeadline(time.Now().Add(n.patience / 2))
					return conn, rw
				})
			},
			shows: append(shows, "hijack: ok"),
		}
	}
	reply := "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
	once := func(c *conversation) {
		c.request(message{})
		c.answer("GET")
		c.rest()
	}
	return []handlerCase{
		taken("types and sizes", once, func(n *notes, _ http.ResponseWriter, _ *http.Request, hijack func() (net.Conn, *bufio.ReadWriter)) {
			conn, rw := hijack()
			defer conn.Close()
			n.add("connection %T", conn)
			n.add("reads %d, holds %d", rw.Reader.Size(), rw.Reader.Buffered())
			n.add("writes %d, holds %d", rw.Writer.Size(), rw.Writer.Buffered())
			n.write(conn, reply)
		}, "connection *"),
		taken("addresses", once, func(n *notes, _ http.ResponseWriter, r *http.Request, hijack func() (net.Conn, *bufio.ReadWriter)) {
			conn, _ := hijack()
			defer conn.Close()
			local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
			n.add("remote %t, local %t", conn.RemoteAddr().String() == r.RemoteAddr, conn.LocalAddr().String() == local.String())
			n.write(conn, reply)
		}, "remote true, local true"),
		taken("deadlines are gone", func(c *conversation) {
			c.request(message{})
			c.send("more\n")
			c.answer("GET")
			c.rest()
		}, func(n *notes, w http.ResponseWriter, _ *http.Request, hijack func() (net.Conn, *bufio.ReadWriter)) {
			rc := http.NewResponseController(w)
			n.err("write deadline", rc.SetWriteDeadline(longAgo))
			conn, rw := hijack()
			defer conn.Close()
			line, err := rw.ReadString('\n')
			n.add("read %q, %s", line, errorClass(err))
			n.write(conn, reply)
		}, `read "more\n", ok`, "hello"),
		taken("the controller afterwards", once, func(n *notes, w http.ResponseWriter, _ *http.Request, hijack func() (net.Conn, *bufio.ReadWriter)) {
			conn, _ := hijack()
			defer conn.Close()
			rc := http.NewResponseController(w)
			n.err("read deadline", rc.SetReadDeadline(time.Now().Add(time.Hour)))
			n.err("write deadline", rc.SetWriteDeadline(time.Now().Add(time.Hour)))
			n.err("full duplex", rc.EnableFullDuplex())
			n.write(conn, reply)
		}, "read deadline: ok"),
		taken("a second time", once, func(n *notes, w http.ResponseWriter, _ *http.Request, hijack func() (net.Conn, *bufio.ReadWriter)) {
			conn, _ := hijack()
			defer conn.Close()
			again, rw, err := http.NewResponseController(w).Hijack()
			n.add("again %t %t %s", again == nil, rw == nil, errorClass(err))
			_, err = io.Copy(w, strings.NewReader("late"))
			n.err("copy", err)
			n.write(w, "")
			n.write(conn, reply)
		}, "again true true http.ErrHijacked"),
		taken("much is buffered", func(c *conversation) {
			head, _ := message{}.wire()
			c.send(head + strings.Repeat("x", 20_000))
			c.answer("GET")
			c.rest()
		}, func(n *notes, _ http.ResponseWriter, _ *http.Request, hijack func() (net.Conn, *bufio.ReadWriter)) {
			conn, rw := hijack()
			defer conn.Close()
			c, err := io.CopyN(io.Discard, rw, 20_000)
			n.count("read", c, err)
			n.write(conn, reply)
		}, "read: 20000, ok"),
		taken("what is in the writer goes out with Flush", once, func(n *notes, _ http.ResponseWriter, _ *http.Request, hijack func() (net.Conn, *bufio.ReadWriter)) {
			conn, rw := hijack()
			defer conn.Close()
			fmt.Fprint(rw, reply)
			n.add("holds %d", rw.Writer.Buffered())
			n.err("flush", rw.Flush())
		}, "flush: ok", "hello"),
		taken("the request's context", once, func(n *notes, _ http.ResponseWriter, r *http.Request, hijack func() (net.Conn, *bufio.ReadWriter)) {
			conn, _ := hijack()
			n.err("context", r.Context().Err())
			n.write(conn, reply)
			conn.Close()
			n.err("context", r.Context().Err())
		}, "context: ok"),
		{
			name: "handover/the context after the handler", talk: once,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				conn, _, err := http.NewResponseController(w).Hijack()
				n.err("hijack", err)
				n.start(func() {
					n.ended(r.Context())
					n.write(conn, reply)
					conn.Close()
				})
			},
			shows: []string{"context: context canceled", "hello"},
		},
	}
}

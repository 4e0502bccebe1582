package compat_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// serverCases hold the limits and time-outs of http.Server, and what it
// serves without having been told of a limit.
func serverCases() []handlerCase {
	const soon = 250 * time.Millisecond
	count := func(n *notes, w http.ResponseWriter, r *http.Request) {
		c, err := io.Copy(io.Discard, r.Body)
		n.count("body", c, err)
		fmt.Fprintf(w, "%d of %d fields", c, len(r.Header))
	}
	return []handlerCase{
		{
			name:   "server/MaxHeaderBytes",
			server: func(srv *http.Server) { srv.MaxHeaderBytes = 10_000 },
			talk: func(c *conversation) {
				c.send("GET /case HTTP/1.1\r\nHost: a\r\nX-Long: " + strings.Repeat("v", 20_000) + "\r\n\r\n")
				c.answer("GET")
				c.rest()
			},
			serve:     count,
			normalise: statusCodeAlone,
			shows:     []string{"status 431", "end: closed"},
		},
		{
			name: "server/ReadHeaderTimeout", slow: true,
			server: func(srv *http.Server) { srv.ReadHeaderTimeout = soon },
			talk: func(c *conversation) {
				c.send("GET /case HTTP/1.1\r\nHost")
				c.answer("GET")
				c.rest()
			},
			serve:     count,
			normalise: statusCodeAlone,
			shows:     []string{"status 400"},
		},
		{
			name: "server/ReadTimeout in the body", slow: true,
			server: func(srv *http.Server) { srv.ReadTimeout = soon },
			talk: func(c *conversation) {
				c.send("POST /case HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
				c.probe(c.answer("POST"))
			},
			serve: count,
			shows: []string{"body: 4, deadline exceeded", "end: closed"},
		},
		{
			name: "server/IdleTimeout", slow: true,
			server: func(srv *http.Server) { srv.IdleTimeout = soon },
			talk: func(c *conversation) {
				c.request(message{})
				c.answer("GET")
				c.rest()
			},
			serve: count,
			shows: []string{"0 of 0 fields", "end: closed"},
		},
		{
			name: "server/WriteTimeout", slow: true,
			server: func(srv *http.Server) {
				srv.WriteTimeout = soon
				srv.ConnState = func(conn net.Conn, state http.ConnState) {
					if state == http.StateNew {
						smallWriteBuffer(conn)
					}
				}
			},
			talk: func(c *conversation) {
				c.request(message{})
				c.notes.wait("failed")
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header()["Date"] = nil
				var err error
				for p := strings.Repeat("w", 64<<10); err == nil; {
					_, err = io.WriteString(w, p)
				}
				n.err("write", err)
				n.open("failed")
			},
			// How much came before is up to the kernel.
			normalise: func(outcome string) string { return withoutLines(outcome, "client: rest ") },
			shows:     []string{"write: deadline exceeded", "end: closed"},
		},
		{
			name: "server/five hundred fields",
			talk: func(c *conversation) {
				c.send("GET /case HTTP/1.1\r\nHost: a\r\n" + manyFields(500) + "\r\n")
				c.probe(c.answer("GET"))
			},
			serve: count,
			shows: []string{"0 of 500 fields", "-- probe"},
		},
		{
			name: "server/field of 100 KB",
			talk: func(c *conversation) {
				c.send("GET /case HTTP/1.1\r\nHost: a\r\nX-Long: " + strings.Repeat("v", 100_000) + "\r\n\r\n")
				c.probe(c.answer("GET"))
			},
			serve: count,
			shows: []string{"0 of 1 fields", "-- probe"},
		},
		{
			name: "server/target of 100 KB",
			talk: func(c *conversation) {
				c.send("GET /case/" + strings.Repeat("p", 100_000) + " HTTP/1.1\r\nHost: a\r\n\r\n")
				c.probe(c.answer("GET"))
			},
			serve: count,
			shows: []string{"0 of 0 fields", "-- probe"},
		},
		{
			name:   "server/OPTIONS of the server for the handler",
			server: func(srv *http.Server) { srv.DisableGeneralOptionsHandler = true },
			talk: func(c *conversation) {
				c.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
				c.probe(c.answer("OPTIONS"))
			},
			serve: count,
			shows: []string{`request "OPTIONS" "*"`, "0 of 0 fields", "-- probe"},
		},
		{
			name:    "server/body of 3 MB",
			request: message{method: "POST", body: strings.Repeat("b", 3_000_000)},
			serve:   count,
			shows:   []string{"body: 3000000, ok", "-- probe"},
		},
	}
}

// smallWriteBuffer keeps the kernel from taking megabytes for a client that
// does not read.
func smallWriteBuffer(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetWriteBuffer(64 << 10)
	}
}

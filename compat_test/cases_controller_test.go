package compat_test

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// controllerCases use http.ResponseController.
func controllerCases() []handlerCase {
	longAgo := time.Unix(1, 0)
	ahead := func() time.Time { return time.Now().Add(time.Hour) }
	return []handlerCase{
		{
			name: "controller/deadlines ahead",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				rc := http.NewResponseController(w)
				n.err("read deadline", rc.SetReadDeadline(ahead()))
				n.err("write deadline", rc.SetWriteDeadline(ahead()))
				n.write(w, "in time")
			},
			shows: []string{"read deadline: ok", "write deadline: ok", "-- probe"},
		},
		{
			name: "controller/deadlines removed",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				rc := http.NewResponseController(w)
				n.err("read deadline", rc.SetReadDeadline(time.Time{}))
				n.err("write deadline", rc.SetWriteDeadline(time.Time{}))
				n.write(w, "in time")
			},
			shows: []string{"read deadline: ok", "write deadline: ok", "-- probe"},
		},
		{
			name: "controller/read deadline passed",
			talk: func(c *conversation) {
				c.send("POST /case HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
				c.probe(c.answer("POST"))
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				c, err := io.ReadFull(r.Body, make([]byte, 4))
				n.count("read", int64(c), err)
				n.err("read deadline", http.NewResponseController(w).SetReadDeadline(longAgo))
				n.readAll("rest", r.Body)
				n.write(w, "too late")
			},
			shows: []string{`rest: 0 "", deadline exceeded`, "too late"},
		},
		{
			name:  "controller/read deadline passed without a body",
			http1: true,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.err("read deadline", http.NewResponseController(w).SetReadDeadline(longAgo))
				n.ended(r.Context())
				n.write(w, "answered")
			},
			shows: []string{"context: context canceled"},
		},
		{
			name: "controller/write deadline passed",
			talk: func(c *conversation) {
				c.request(message{})
				c.answer("GET")
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				rc := http.NewResponseController(w)
				n.err("write deadline", rc.SetWriteDeadline(longAgo))
				n.write(w, "short")
				n.err("flush", rc.Flush())
				_, err := io.WriteString(w, strings.Repeat("x", 100_000))
				n.err("write", err)
			},
			shows: []string{"flush: deadline exceeded", "no reply"},
		},
		{
			name: "controller/write deadline passed, noticed at the end",
			talk: func(c *conversation) {
				c.request(message{})
				c.answer("GET")
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.err("write deadline", http.NewResponseController(w).SetWriteDeadline(longAgo))
				n.write(w, "short")
			},
			shows: []string{"write: 5, ok", "no reply"},
		},
		{
			name: "controller/write deadline does not last",
			talk: func(c *conversation) {
				c.request(message{target: "/case?deadline"})
				c.answer("GET")
				c.request(message{target: "/case?none"})
				c.probe(c.answer("GET"))
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				if r.URL.RawQuery == "none" {
					n.write(w, "second")
					return
				}
				rc := http.NewResponseController(w)
				w.Header().Set("Content-Length", "5")
				n.write(w, "first")
				n.err("flush", rc.Flush())
				n.err("write deadline", rc.SetWriteDeadline(longAgo))
			},
			shows: []string{`"first"`, `"second"`, "-- probe"},
		},
		{
			name: "controller/full duplex",
			talk: func(c *conversation) {
				c.send("POST /case HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nping\r\n")
				c.head()
				c.bytes(len("4\r\nping\r\n"))
				c.send("5\r\nagain\r\n0\r\n\r\n")
				c.bytes(len("5\r\nagain\r\n0\r\n\r\n"))
				c.probe(nil)
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				rc := http.NewResponseController(w)
				n.err("full duplex", rc.EnableFullDuplex())
				p := make([]byte, 16)
				for {
					c, err := r.Body.Read(p)
					if c > 0 {
						n.write(w, string(p[:c]))
						n.err("flush", rc.Flush())
					}
					if err != nil {
						n.err("read", err)
						return
					}
				}
			},
			shows: []string{"full duplex: ok", "again", "-- probe"},
		},
		{
			name: "controller/through a writer with Unwrap",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				rc := http.NewResponseController(&unwrapper{w})
				n.err("read deadline", rc.SetReadDeadline(ahead()))
				n.err("write deadline", rc.SetWriteDeadline(ahead()))
				n.err("full duplex", rc.EnableFullDuplex())
				n.write(w, "unwrapped")
				n.err("flush", rc.Flush())
			},
			shows: []string{"read deadline: ok", "write deadline: ok", "full duplex: ok", "flush: ok"},
		},
		{
			name: "controller/through a writer without Unwrap",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				rc := http.NewResponseController(struct{ http.ResponseWriter }{w})
				n.err("read deadline", rc.SetReadDeadline(ahead()))
				n.err("flush", rc.Flush())
				_, _, err := rc.Hijack()
				n.err("hijack", err)
				n.write(w, "hidden")
			},
			shows: []string{"read deadline: http.ErrNotSupported", "hijack: http.ErrNotSupported"},
		},
	}
}

package compat_test

import (
	"net/http"
	"strings"
)

// connectionCases are about what becomes of the connection after a response.
func connectionCases() []handlerCase {
	short := func(n *notes, w http.ResponseWriter, _ *http.Request) { n.write(w, "short") }
	long := func(n *notes, w http.ResponseWriter, _ *http.Request) { n.write(w, strings.Repeat("l", 5000)) }
	flushed := func(n *notes, w http.ResponseWriter, _ *http.Request) {
		n.write(w, "a")
		n.err("flush", http.NewResponseController(w).Flush())
		n.write(w, "b")
	}
	on := func(name string, m message, serve func(*notes, http.ResponseWriter, *http.Request), shows ...string) handlerCase {
		return handlerCase{name: "connection/" + name, request: m, http1: true, serve: serve, shows: shows, anyChunks: true}
	}
	old := message{proto: "HTTP/1.0"}
	oldKept := message{proto: "HTTP/1.0", header: []string{"Connection: keep-alive"}}
	return []handlerCase{
		on("HTTP 1.0", old, short, "HTTP/1.0 200 OK", "end: closed"),
		on("HTTP 1.0, long body", old, long, "framing: until close"),
		on("HTTP 1.0, flushed", old, flushed, "framing: until close"),
		on("HTTP 1.0 with keep-alive", oldKept, short, "Connection: keep-alive", "-- probe"),
		on("HTTP 1.0 with keep-alive, long body", oldKept, long, "framing: until close"),
		on("HTTP 1.0 with keep-alive, flushed", oldKept, flushed, "framing: until close"),
		on("HTTP 1.0 with keep-alive and a length", oldKept, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5000")
			long(n, w, nil)
		}, "Connection: keep-alive", "-- probe"),
		on("HTTP 1.0 with keep-alive, answered by close", oldKept, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close")
			short(n, w, nil)
		}, "end: closed"),
		on("HTTP 1.0 with keep-alive, answered by keep-alive", oldKept, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "keep-alive")
			short(n, w, nil)
		}, "Connection: keep-alive", "-- probe"),
		on("HTTP 1.0 with keep-alive, no content", oldKept, func(_ *notes, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
		}, "Connection: keep-alive", "-- probe"),
		on("HTTP 1.0 with keep-alive, not modified", oldKept, func(_ *notes, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotModified)
		}, "HTTP/1.0 304"),
		on("HTTP 1.0, chunks asked for", old, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Transfer-Encoding", "chunked")
			short(n, w, nil)
		}, "HTTP/1.0 200 OK"),
		on("HTTP 1.1 with close", message{header: []string{"Connection: close"}}, short, "Connection: close", "close true", "end: closed"),
		on("HTTP 1.1 with close among others", message{header: []string{"Connection: x, Close"}}, short, "Connection: close", "end: closed"),
		on("HTTP 1.1 with close, long body", message{header: []string{"Connection: close"}}, long, "framing: chunked", "end: closed"),
		on("HTTP 1.1 with close, flushed", message{header: []string{"Connection: close"}}, flushed, "framing: chunked", "end: closed"),
		on("HTTP 1.1 with close, answered by keep-alive", message{header: []string{"Connection: close"}}, func(n *notes, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "keep-alive")
			short(n, w, nil)
		}, "end: closed"),
		on("HTTP 1.1 with close and an unread body", message{method: "POST", body: "unread", header: []string{"Connection: close"}}, short, "Connection: close", "end: closed"),
		on("HTTP 1.1 with keep-alive", message{header: []string{"Connection: keep-alive"}}, short, "-- probe"),
		on("closed by the handler, flushed", message{}, func(n *notes, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			flushed(n, w, r)
		}, "Connection: close", "end: closed"),
		{
			name: "connection/the client ends its side first",
			talk: func(c *conversation) {
				c.request(message{})
				c.notes.wait("running")
				c.answer("GET")
				c.hangUpWriting()
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.open("running")
				n.write(w, "answered")
			},
			shows: []string{"answered", "end: closed"},
		},
		{
			name: "connection/many requests one after another",
			talk: func(c *conversation) {
				for range 10 {
					c.request(message{})
					c.answer("GET")
					c.request(message{method: "POST", body: "hello"})
					c.answer("POST")
					c.request(message{method: "HEAD"})
					c.answer("HEAD")
				}
				c.probe(nil)
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", r.Body)
				short(n, w, r)
			},
			shows: []string{"-- probe", "Answered: /probe"},
		},
		{
			name: "connection/keep-alive switched off on the way",
			talk: func(c *conversation) {
				c.request(message{})
				c.probe(c.answer("GET"))
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.server.SetKeepAlivesEnabled(false)
				n.write(w, "the last")
			},
			shows: []string{"the last", "Connection: close", "end: closed"},
		},
	}
}

// pipelineCases send several requests in one segment.
func pipelineCases() []handlerCase {
	echo := func(n *notes, w http.ResponseWriter, r *http.Request) {
		n.readAll("body", r.Body)
		n.write(w, r.Method+" "+r.URL.RawQuery)
	}
	get := func(query string) string { return plain("/case?" + query) }
	post := func(query, body string) string {
		head, body := message{method: "POST", target: "/case?" + query, body: body}.wire()
		return head + body
	}
	return []handlerCase{
		{
			name: "pipeline/three requests",
			talk: func(c *conversation) {
				c.send(get("1") + get("2") + get("3"))
				c.answer("GET")
				c.answer("GET")
				c.probe(c.answer("GET"))
			},
			serve: echo,
			shows: []string{`"GET 1"`, `"GET 2"`, `"GET 3"`, "-- probe"},
		},
		{
			name: "pipeline/bodies that are read",
			talk: func(c *conversation) {
				c.send(post("1", "one") + post("2", "two") + get("3"))
				c.answer("POST")
				c.answer("POST")
				c.probe(c.answer("GET"))
			},
			serve: echo,
			shows: []string{`body: 3 "one", ok`, `body: 3 "two", ok`, `"GET 3"`},
		},
		{
			name: "pipeline/bodies that are not read",
			talk: func(c *conversation) {
				c.send(post("1", plain("/smuggled")) + post("2", strings.Repeat("u", 3000)) + get("3"))
				c.answer("POST")
				c.answer("POST")
				c.probe(c.answer("GET"))
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) { n.write(w, r.URL.RawQuery) },
			shows: []string{"-- probe", "Answered: /probe"},
		},
		{
			name: "pipeline/HEAD between",
			talk: func(c *conversation) {
				head, _ := message{method: "HEAD", target: "/case?2"}.wire()
				c.send(get("1") + head + get("3"))
				c.answer("GET")
				c.answer("HEAD")
				c.probe(c.answer("GET"))
			},
			serve: echo,
			shows: []string{`"GET 3"`, "-- probe"},
		},
		{
			// CVE-2026-100666 of netty: the answer to HEAD went to the request before.
			name: "pipeline/an expectation without a body, then HEAD",
			talk: func(c *conversation) {
				first, _ := message{target: "/case?1", header: []string{"Expect: 100-continue"}}.wire()
				second, _ := message{method: "HEAD", target: "/case?2"}.wire()
				c.send(first + second)
				c.answer("GET")
				c.probe(c.answer("HEAD"))
			},
			serve: echo,
			shows: []string{`"GET 1"`, "no body", "-- probe"},
		},
		{
			name: "pipeline/close between",
			talk: func(c *conversation) {
				head, _ := message{target: "/case?2", header: []string{"Connection: close"}}.wire()
				c.send(get("1") + head + get("3"))
				c.answer("GET")
				c.answer("GET")
				c.rest()
			},
			serve: echo,
			shows: []string{`"GET 1"`, `"GET 2"`, "end: closed"},
		},
		{
			name: "pipeline/panic between",
			talk: func(c *conversation) {
				c.send(get("1") + get("panic") + get("3"))
				c.answer("GET")
				c.answer("GET")
				c.rest()
			},
			panics: true,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				if r.URL.RawQuery == "panic" {
					panic("between")
				}
				echo(n, w, r)
			},
			shows: []string{`"GET 1"`, "no reply"},
			logs:  []string{"panic serving"},
		},
		{
			name: "pipeline/flushes in each",
			talk: func(c *conversation) {
				c.send(get("1") + get("2"))
				c.answer("GET")
				c.probe(c.answer("GET"))
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.write(w, "one ")
				n.err("flush", http.NewResponseController(w).Flush())
				n.write(w, r.URL.RawQuery)
			},
			shows: []string{`"one 1"`, `"one 2"`, "-- probe"},
		},
		{
			name: "pipeline/a malformed request after a good one",
			talk: func(c *conversation) {
				c.send(get("1") + "nonsense\r\n\r\n")
				c.answer("GET")
				c.answer("GET")
				c.rest()
			},
			serve:     echo,
			normalise: statusCodeAlone,
			shows:     []string{"status 200", "status 400"},
		},
		{
			name: "pipeline/half a request after a good one",
			talk: func(c *conversation) {
				whole := get("2")
				c.send(get("1") + whole[:20])
				c.answer("GET")
				c.send(whole[20:])
				c.probe(c.answer("GET"))
			},
			serve: echo,
			shows: []string{`"GET 1"`, `"GET 2"`, "-- probe"},
		},
		{
			name: "pipeline/fifty requests",
			talk: func(c *conversation) {
				c.send(strings.Repeat(get("n"), 50))
				for range 50 {
					c.answer("GET")
				}
				c.probe(nil)
			},
			serve: echo,
			shows: []string{"-- probe", "Answered: /probe"},
		},
	}
}

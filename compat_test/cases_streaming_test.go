package compat_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// streamingCases flush.
func streamingCases() []handlerCase {
	return []handlerCase{
		{
			name: "streaming/what is flushed arrives at once",
			talk: func(c *conversation) {
				c.request(message{})
				c.head()
				c.notes.open("head")
				c.bytes(len("5\r\nfirst\r\n"))
				c.notes.open("first")
				c.bytes(len("6\r\nsecond\r\n"))
				c.notes.open("second")
				c.bytes(len("0\r\n\r\n"))
				c.probe(nil)
			},
			anywhere: true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				w.WriteHeader(http.StatusOK)
				w.(http.Flusher).Flush()
				n.wait("head")
				n.write(w, "first")
				w.(http.Flusher).Flush()
				n.wait("first")
				n.write(w, "second")
				w.(http.Flusher).Flush()
				n.wait("second")
			},
			shows: []string{"second", "-- probe"},
		},
		{
			name: "streaming/flush before anything",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Kind", "flushed")
				n.err("flush", http.NewResponseController(w).Flush())
				w.Header().Set("Kind", "late")
			},
			shows: []string{"    Kind: flushed", "framing: chunked"},
		},
		{
			name: "streaming/flushes without a write between",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				for range 3 {
					n.err("flush", http.NewResponseController(w).Flush())
				}
				n.write(w, "once")
				for range 3 {
					n.err("flush", http.NewResponseController(w).Flush())
				}
			},
			shows: []string{"chunks: [4]"},
		},
		{
			name: "streaming/a chunk for every flush",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				for i := range 5 {
					n.write(w, strings.Repeat("x", i+1))
					n.write(w, "-")
					n.err("flush", http.NewResponseController(w).Flush())
				}
			},
			shows: []string{"chunks: [2 3 4 5 6]"},
		},
		{
			name: "streaming/flush with a length",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "10")
				n.write(w, "01234")
				n.err("flush", http.NewResponseController(w).Flush())
				n.write(w, "56789")
			},
			shows: []string{"framing: length", "-- probe"},
		},
		{
			name: "streaming/flush and no more",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.write(w, "all")
				n.err("flush", http.NewResponseController(w).Flush())
			},
			shows: []string{"chunks: [3]"},
		},
		{
			name: "streaming/status after a flush",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.err("flush", http.NewResponseController(w).Flush())
				w.WriteHeader(http.StatusTeapot)
				n.write(w, "ok")
			},
			shows: []string{"HTTP/1.1 200 OK"},
			logs:  []string{"superfluous response.WriteHeader"},
		},
		{
			name:      "streaming/large and flushed",
			anyChunks: true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				for i := range 20 {
					io.WriteString(w, strings.Repeat(fmt.Sprint(i%10), 10_000))
					http.NewResponseController(w).Flush()
				}
				n.add("done")
			},
			shows: []string{"body: 200000", "-- probe"},
		},
		{
			name: "streaming/through a goroutine of the handler",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				done := make(chan struct{})
				go func() {
					defer close(done)
					n.write(w, "elsewhere")
					n.err("flush", http.NewResponseController(w).Flush())
				}()
				<-done
				n.write(w, " and here")
			},
			shows: []string{"chunks: [9 9]"},
		},
		{
			name: "streaming/through a writer with Unwrap",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				outer := &unwrapper{w}
				n.write(outer, "outer")
				n.err("flush", http.NewResponseController(outer).Flush())
				n.write(w, "inner")
			},
			shows: []string{"chunks: [5 5]"},
		},
	}
}

// unwrapper is a writer that offers nothing but what lies below it.
type unwrapper struct{ http.ResponseWriter }

func (u *unwrapper) Unwrap() http.ResponseWriter { return u.ResponseWriter }

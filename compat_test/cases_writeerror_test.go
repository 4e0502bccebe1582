package compat_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// writeErrorCases are about handlers that write to a client which does not
// take it any more: they must learn of it.
func writeErrorCases() []handlerCase {
	longAgo := time.Unix(1, 0)
	writes := func(name string, write func(w http.ResponseWriter) error) handlerCase {
		return handlerCase{
			name: "write error/" + name,
			talk: func(c *conversation) {
				c.request(message{})
				c.head()
				c.hangUp()
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				end := time.Now().Add(n.patience / 2)
				var err error
				for err == nil && time.Now().Before(end) {
					err = write(w)
				}
				n.add("it failed %t", err != nil)
				n.ended(r.Context())
			},
			shows: []string{"it failed true", "context: context canceled"},
		}
	}
	// The client stops to read, and another goroutine sets a deadline.
	waiting := func(name string, write func(w http.ResponseWriter, length int) error) handlerCase {
		return handlerCase{
			name: "write error/a deadline set while a " + name + " waits",
			slow: true, // it is many bytes
			talk: func(c *conversation) {
				c.request(message{})
				c.head()
				c.bytes(1)
				c.notes.open("writing")
				c.notes.wait("failed")
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.start(func() {
					n.wait("writing")
					n.err("write deadline", http.NewResponseController(w).SetWriteDeadline(longAgo))
				})
				const more = 32 << 20 // than sockets buffer
				w.Header().Set("Content-Length", strconv.Itoa(more))
				n.err("it ended", write(w, more))
				n.open("failed")
			},
			normalise: sortedNotes,
			shows:     []string{"write deadline: ok", "it ended: deadline exceeded"},
		}
	}
	return []handlerCase{
		writes("small writes and http.Flusher", func(w http.ResponseWriter) error {
			_, err := io.WriteString(w, "young\n")
			w.(http.Flusher).Flush()
			return err
		}),
		writes("small writes and a controller's Flush", func(w http.ResponseWriter) error {
			io.WriteString(w, "young\n")
			return http.NewResponseController(w).Flush()
		}),
		writes("small writes", func(w http.ResponseWriter) error {
			_, err := io.WriteString(w, "young\n")
			return err
		}),
		writes("large writes", func(w http.ResponseWriter) error {
			_, err := w.Write(make([]byte, 100_000))
			return err
		}),
		writes("copies", func(w http.ResponseWriter) error {
			_, err := io.Copy(w, strings.NewReader("young\n"))
			w.(http.Flusher).Flush()
			return err
		}),
		{
			name: "write error/lasts",
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
				n.err("write deadline", rc.SetWriteDeadline(time.Time{}))
				for range 3 {
					n.write(w, "short")
					n.err("flush", rc.Flush())
				}
				n.write(w, "")
				n.write(w, strings.Repeat("l", 5000))
				_, err := w.Write([]byte("short"))
				n.err("write", err)
				_, err = io.Copy(w, strings.NewReader("short"))
				n.err("copy", err)
			},
			shows: []string{"write: 0, deadline exceeded", "no reply"},
		},
		{
			name: "write error/ends the request's context",
			talk: func(c *conversation) {
				c.request(message{})
				c.answer("GET")
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				rc := http.NewResponseController(w)
				n.err("write deadline", rc.SetWriteDeadline(longAgo))
				n.err("flush", rc.Flush())
				n.ended(r.Context())
			},
			shows: []string{"flush: deadline exceeded", "context: context canceled"},
		},
		waiting("write", func(w http.ResponseWriter, length int) error {
			_, err := w.Write(make([]byte, length))
			return err
		}),
		waiting("copy", func(w http.ResponseWriter, length int) error {
			_, err := io.Copy(w, bytes.NewReader(make([]byte, length)))
			return err
		}),
		waiting("flush", func(w http.ResponseWriter, length int) error {
			for range length / 1000 {
				w.Write(make([]byte, 1000))
				if err := http.NewResponseController(w).Flush(); err != nil {
					return err
				}
			}
			return nil
		}),
		{
			name: "write error/a read deadline of another goroutine",
			talk: func(c *conversation) {
				c.send("POST /case HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
				c.probe(c.answer("POST"))
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				c, err := io.ReadFull(r.Body, make([]byte, 4))
				n.count("read", int64(c), err)
				n.start(func() {
					n.err("read deadline", http.NewResponseController(w).SetReadDeadline(longAgo))
					n.open("set")
				})
				n.readAll("rest", r.Body)
				n.wait("set")
				n.write(w, "too late")
			},
			normalise: sortedNotes,
			shows:     []string{`rest: 0 "", deadline exceeded`, "too late"},
		},
	}
}

// sortedNotes is for handlers with several goroutines, whose notes come in any
// order.
func sortedNotes(outcome string) string {
	const note = "handler: "
	var notes []string
	for line := range strings.SplitSeq(outcome, "\n") {
		if strings.HasPrefix(line, note) {
			notes = append(notes, line)
		}
	}
	slices.Sort(notes)
	return withoutLines(outcome, note) + "\n" + strings.Join(notes, "\n")
}

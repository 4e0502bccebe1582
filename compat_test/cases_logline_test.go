package compat_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

// logLineCases compare what a server logs on account of a handler word by
// word, with the place in the handler that it blames.
func logLineCases() []handlerCase {
	logged := func(name, shows string, serve func(w http.ResponseWriter, r *http.Request)) handlerCase {
		return handlerCase{
			name: "log line/" + name,
			talk: func(c *conversation) {
				c.request(message{})
				c.notes.wait("logged")
				c.hangUp()
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.server.ErrorLog.SetOutput(&logLines{n: n})
				serve(w, r)
			},
			panics: true,
			shows:  []string{shows},
		}
	}
	const here = "github.com/onramp-go/onramp/compat_test_test.logLineCases.func"
	hijack := func(w http.ResponseWriter) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}
	return []handlerCase{
		logged("status twice", "superfluous response.WriteHeader call from "+here, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK)
			w.WriteHeader(http.StatusOK)
		}),
		logged("status after a write, in a function of net/http", "superfluous response.WriteHeader call from "+here, func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "begun")
			http.Error(w, "too late", http.StatusInternalServerError)
		}),
		logged("redirect after a write", "superfluous response.WriteHeader call from "+here, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "begun")
			http.Redirect(w, r, "/too-late", http.StatusFound)
		}),
		logged("status after Hijack", "response.WriteHeader on hijacked connection from "+here, func(w http.ResponseWriter, _ *http.Request) {
			hijack(w)
			w.WriteHeader(http.StatusOK)
		}),
		logged("write after Hijack", "response.Write on hijacked connection from "+here, func(w http.ResponseWriter, _ *http.Request) {
			hijack(w)
			w.Write([]byte("late"))
		}),
		logged("write of a string after Hijack", "response.Write on hijacked connection from io.WriteString", func(w http.ResponseWriter, _ *http.Request) {
			hijack(w)
			io.WriteString(w, "late")
		}),
		logged("error after Hijack", "on hijacked connection from "+here, func(w http.ResponseWriter, _ *http.Request) {
			hijack(w)
			http.Error(w, "late", http.StatusInternalServerError)
		}),
		logged("length that is none", `http: invalid Content-Length of "ten"`, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "ten")
			w.WriteHeader(http.StatusOK)
		}),
		logged("length and chunked", `Transfer-Encoding of "chunked" and a Content-Length of 5`, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			w.Header().Set("Transfer-Encoding", "chunked")
			io.WriteString(w, "hello")
		}),
		logged("panic with a string", "http: panic serving <address>: a reason", func(http.ResponseWriter, *http.Request) {
			panic("a reason")
		}),
		logged("panic with an error", "http: panic serving <address>: a reason", func(http.ResponseWriter, *http.Request) {
			panic(errors.New("a reason"))
		}),
		logged("panic with a number", "http: panic serving <address>: 42", func(http.ResponseWriter, *http.Request) {
			panic(42)
		}),
		logged("panic with nil", "http: panic serving <address>: panic called with nil argument", func(http.ResponseWriter, *http.Request) {
			panic(nil)
		}),
		logged("panic of a status", "http: panic serving <address>: invalid WriteHeader code 42", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(42)
		}),
		logged("panic with a wrapped http.ErrAbortHandler", "http: panic serving <address>: net/http: abort Handler", func(http.ResponseWriter, *http.Request) {
			panic(errors.Join(http.ErrAbortHandler))
		}),
		logged("panic after the client's address was changed", "http: panic serving <address>: a reason", func(_ http.ResponseWriter, r *http.Request) {
			r.RemoteAddr = "192.0.2.1:1"
			panic("a reason")
		}),
	}
}

// logLines notes the first line of each entry of a log, and opens the gate
// "logged" with the first.
type logLines struct {
	n    *notes
	once sync.Once
}

func (l *logLines) Write(p []byte) (int, error) {
	line, _, _ := strings.Cut(string(p), "\n")
	l.n.add("log %s", maskAddresses(line))
	l.once.Do(func() { l.n.open("logged") })
	return len(p), nil
}

package compat_test

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	chimw "github.com/go-chi/chi/v5/middleware"
)

// chiCases put chi's middleware between the server and the handler.
func chiCases() []handlerCase {
	hello := func(n *notes, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		n.write(w, strings.Repeat("hello ", 300))
	}
	return []handlerCase{
		{
			name: "chi/Compress", request: message{header: []string{"Accept-Encoding: gzip"}},
			build: within(chimw.Compress(5), hello),
			shows: []string{"Content-Encoding: gzip", "Vary: Accept-Encoding", "-- probe"},
		},
		{
			name: "chi/Compress not accepted", build: within(chimw.Compress(5), hello),
			shows: []string{"Content-Length: 1800"},
		},
		{
			name: "chi/Compress and flush", request: message{header: []string{"Accept-Encoding: deflate"}},
			build: within(chimw.Compress(5), func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/plain")
				n.write(w, "first")
				n.err("flush", http.NewResponseController(w).Flush())
				n.write(w, "second")
				n.add("capabilities: %s", capabilities(w))
			}),
			shows: []string{"Content-Encoding: deflate", "flush: ok", "-- probe"},
		},
		{
			name: "chi/Logger",
			build: func(_ testing.TB, n *notes) http.Handler {
				return logged(n, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.WriteHeader(http.StatusAccepted)
					n.write(w, "12345")
				}))
			},
			request: message{target: "/case?x=1"},
			shows:   []string{`"GET http://compat.test/case?x=1 HTTP/1.1" from <address> - 202 5B`},
		},
		{
			name: "chi/Logger around a copied file",
			build: func(t testing.TB, n *notes) http.Handler {
				return logged(n, copyFile(40_000, func(_ *notes, w http.ResponseWriter) {
					w.Header().Set("Content-Length", "40000")
					n.add("capabilities: %s", capabilities(w))
				})(t, n))
			},
			shows: []string{"200 40000B", "copy: 40000, ok"},
		},
		{
			name: "chi/Recoverer",
			build: recovering(func(*notes, http.ResponseWriter, *http.Request) {
				panic("recovered")
			}),
			shows: []string{"HTTP/1.1 500 Internal Server Error", "chi saw a panic: recovered", "chi logs 500", "-- probe"},
		},
		{
			name: "chi/Recoverer after a write",
			build: recovering(func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.write(w, "begun")
				panic("recovered")
			}),
			shows: []string{"HTTP/1.1 200 OK", "chi saw a panic: recovered", "-- probe"},
		},
		{
			name:   "chi/Recoverer and http.ErrAbortHandler",
			panics: true,
			build: recovering(func(*notes, http.ResponseWriter, *http.Request) {
				panic(http.ErrAbortHandler)
			}),
			shows: []string{"no reply"},
		},
		{
			name: "chi/Recoverer after Hijack",
			talk: func(c *conversation) {
				c.request(message{})
				c.answer("GET")
				c.rest()
			},
			build: recovering(func(n *notes, w http.ResponseWriter, _ *http.Request) {
				conn, _, err := http.NewResponseController(w).Hijack()
				n.err("hijack", err)
				if err == nil {
					defer conn.Close()
					io.WriteString(conn, "HTTP/1.1 299 Raw\r\nContent-Length: 3\r\n\r\nraw")
				}
				panic("recovered")
			}),
			shows: []string{"HTTP/1.1 299 Raw", "end: closed"},
			logs:  []string{"response.WriteHeader on hijacked connection"},
		},
		{
			name: "chi/Timeout in time",
			build: within(chimw.Timeout(patience), func(n *notes, w http.ResponseWriter, r *http.Request) {
				_, limited := r.Context().Deadline()
				n.add("deadline %t", limited)
				n.write(w, "in time")
			}),
			shows: []string{"deadline true", `"in time"`, "-- probe"},
		},
		{
			name: "chi/Timeout too late",
			build: within(chimw.Timeout(time.Millisecond), func(n *notes, _ http.ResponseWriter, r *http.Request) {
				n.ended(r.Context())
			}),
			shows: []string{"HTTP/1.1 504 Gateway Timeout", "context: context deadline exceeded", "-- probe"},
		},
		{
			name: "chi/Throttle", build: within(chimw.Throttle(1), hello),
			shows: []string{"HTTP/1.1 200 OK", "-- probe"},
		},
		{
			name: "chi/Throttle and three requests",
			talk: func(c *conversation) {
				c.send(strings.Repeat(plain("/case"), 3))
				c.answer("GET")
				c.answer("GET")
				c.probe(c.answer("GET"))
			},
			build: within(chimw.ThrottleBacklog(1, 0, patience), hello),
			shows: []string{"HTTP/1.1 200 OK", "-- probe"},
		},
		{
			name: "chi/WrapResponseWriter",
			build: func(_ testing.TB, n *notes) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					ww := chimw.NewWrapResponseWriter(w, r.ProtoMajor)
					var tee bytes.Buffer
					ww.Tee(&tee)
					n.add("capabilities: %s", capabilities(ww))
					n.write(ww, "one ")
					if f, ok := ww.(http.Flusher); ok {
						f.Flush()
					}
					c, err := io.Copy(ww, strings.NewReader("two"))
					n.count("copy", c, err)
					n.add("status %d bytes %d tee %q", ww.Status(), ww.BytesWritten(), tee.String())
				})
			},
			shows: []string{`status 200 bytes 7 tee "one two"`},
		},
		{
			name: "chi/RequestID", request: message{header: []string{"X-Request-Id: mine"}},
			build: within(chimw.RequestID, func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.add("id %q", chimw.GetReqID(r.Context()))
				n.write(w, "id")
			}),
			shows: []string{`id "mine"`},
		},
		{
			name: "chi/StripSlashes", request: message{target: "/case/sub/?x=1"},
			build: within(chimw.StripSlashes, func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.write(w, r.URL.Path)
			}),
			shows: []string{`"/case/sub"`},
		},
		{
			name: "chi/ClientIPFromRemoteAddr",
			build: within(chimw.ClientIPFromRemoteAddr, func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.write(w, chimw.GetClientIP(r.Context()))
			}),
			shows: []string{`"127.0.0.1"`},
		},
		{
			name: "chi/Heartbeat", request: message{target: "/ping"},
			build: within(chimw.Heartbeat("/ping"), hello),
			shows: []string{`body: 1 "."`},
		},
		{
			name: "chi/BasicAuth", build: within(chimw.BasicAuth("realm", map[string]string{"a": "b"}), hello),
			shows: []string{"HTTP/1.1 401 Unauthorized", `Www-Authenticate: Basic realm="realm"`},
		},
		{
			name: "chi/AllowContentType", request: message{method: "POST", body: "x", header: []string{"Content-Type: text/odd"}},
			build: within(chimw.AllowContentType("application/json"), hello),
			shows: []string{"HTTP/1.1 415"},
		},
		{
			name: "chi/RequestSize", request: message{method: "POST", body: "beyond"},
			build: within(chimw.RequestSize(3), func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.readAll("body", r.Body)
				n.write(w, "read")
			}),
			shows: []string{"*http.MaxBytesError(3)", "end: closed"},
		},
	}
}

// within puts serve inside one middleware.
func within(mw func(http.Handler) http.Handler, serve func(*notes, http.ResponseWriter, *http.Request)) func(testing.TB, *notes) http.Handler {
	return func(_ testing.TB, n *notes) http.Handler {
		return mw(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(n, w, r) }))
	}
}

// logged puts next inside chi's Logger, whose lines go to the notes.
func logged(n *notes, next http.Handler) http.Handler {
	lines := log.New(writerFunc(func(p []byte) {
		n.add("%s", elapsed.ReplaceAllString(maskAddresses(string(p)), "in <elapsed>"))
	}), "", 0)
	return chimw.RequestLogger(&chimw.DefaultLogFormatter{Logger: lines, NoColor: true})(next)
}

var elapsed = regexp.MustCompile(`in [0-9.µnms]+\s*$`)

type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}

// recovering puts serve inside chi's Recoverer, which reports to the notes.
func recovering(serve func(*notes, http.ResponseWriter, *http.Request)) func(testing.TB, *notes) http.Handler {
	return func(_ testing.TB, n *notes) http.Handler {
		recoverer := chimw.Recoverer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(n, w, r) }))
		return chimw.RequestLogger(notedFormat{n})(recoverer)
	}
}

// notedFormat is a chi log that goes to the notes.
type notedFormat struct{ n *notes }

func (f notedFormat) NewLogEntry(*http.Request) chimw.LogEntry { return f }

func (f notedFormat) Write(status, size int, header http.Header, _ time.Duration, _ any) {
	f.n.add("chi logs %d, %d bytes, %q", status, size, headerLines(header))
}

func (f notedFormat) Panic(v any, _ []byte) { f.n.add("chi saw a panic: %v", v) }

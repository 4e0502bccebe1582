package compat_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"syscall"
	"testing"
)

// proxyCases put httputil.ReverseProxy on the writer, in front of a backend.
func proxyCases() []handlerCase {
	return []handlerCase{
		{
			name:    "proxy/plain",
			request: message{target: "/plain?q=1", header: []string{"X-Forwarded-For: 10.0.0.1", "Connection: X-Hop", "X-Hop: 1"}},
			build:   proxyTo(backend()),
			shows:   []string{"HTTP/1.1 201 Created", "    X-Backend: plain", "/plain?q=1", "-- probe"},
		},
		{
			name:    "proxy/POST",
			request: message{method: "POST", target: "/echo", body: strings.Repeat("p", 50_000)},
			build:   proxyTo(backend()), anyChunks: true,
			shows: []string{"body: 50000", "-- probe"},
		},
		{
			name:    "proxy/POST chunked with trailers",
			request: message{method: "POST", target: "/echo", chunks: []string{"one", "two"}, trailer: []string{"Sum: 1"}},
			build:   proxyTo(backend()), anyChunks: true,
			shows: []string{`"onetwo"`, "-- probe"},
		},
		{
			name: "proxy/HEAD", request: message{method: "HEAD", target: "/plain"}, build: proxyTo(backend()),
			shows: []string{"HTTP/1.1 201 Created", "-- probe"},
		},
		{
			name: "proxy/trailers", request: message{target: "/trailers"}, build: proxyTo(backend()), anyChunks: true,
			shows: []string{"    Sum: abc", "    Late: def", "-- probe"},
		},
		{
			name: "proxy/early hints", request: message{target: "/hints"}, build: proxyTo(backend()),
			shows: []string{"HTTP/1.1 103 Early Hints", "    Link: </a.css>", "HTTP/1.1 200 OK"},
		},
		{
			name: "proxy/stream",
			talk: func(c *conversation) {
				c.request(message{target: "/stream"})
				c.head()
				for !c.ended && c.line() != "event: 1\n" {
				}
				c.notes.open("first seen")
				for !c.ended && c.line() != "0\r\n" {
				}
				c.line()
				c.probe(nil)
			},
			build: func(t testing.TB, n *notes) http.Handler {
				return proxyTo(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/event-stream")
					fmt.Fprint(w, "event: 1\n")
					w.(http.Flusher).Flush()
					n.wait("first seen")
					fmt.Fprint(w, "event: 2\n")
				})(t, n)
			},
			shows: []string{"event: 2", "-- probe"},
		},
		{
			name: "proxy/backend breaks off", request: message{target: "/abort"}, build: proxyTo(backend()), panics: true,
			anyChunks: true,
			shows:     []string{"HTTP/1.1 200 OK", "broken off"},
		},
		{
			name: "proxy/backend is gone",
			build: func(t testing.TB, n *notes) http.Handler {
				// A port that was closed would soon be another test's.
				gone := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, syscall.ECONNREFUSED }}
				return newProxy("http://gone.test", gone, n)
			},
			shows: []string{"HTTP/1.1 502 Bad Gateway", "-- probe"},
		},
		{
			name: "proxy/upgrade",
			talk: func(c *conversation) {
				c.request(message{target: "/upgrade", header: []string{"Connection: Upgrade", "Upgrade: shout"}})
				c.answer("GET")
				c.send("hello\n")
				c.line()
				c.send("bye\n")
				c.line()
				c.rest()
			},
			build: proxyTo(backend()),
			shows: []string{"HTTP/1.1 101 Switching Protocols", "    Upgrade: shout", `line "HELLO\n"`, `line "BYE\n"`, "end: closed"},
		},
		{
			name: "proxy/upgrade refused",
			talk: func(c *conversation) {
				c.request(message{target: "/plain", header: []string{"Connection: Upgrade", "Upgrade: shout"}})
				c.probe(c.answer("GET"))
			},
			build: proxyTo(backend()),
			shows: []string{"HTTP/1.1 201 Created", "-- probe"},
		},
	}
}

// backend answers what the cases ask for by their path.
func backend() http.HandlerFunc {
	mux := http.NewServeMux()
	mux.HandleFunc("/plain", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Backend", "plain")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "%s %s for %s, hop %q", r.Method, r.RequestURI, r.Header["X-Forwarded-For"], r.Header["X-Hop"])
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		p, _ := io.ReadAll(r.Body)
		w.Write(p)
	})
	mux.HandleFunc("/trailers", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "Sum")
		io.WriteString(w, "body")
		w.(http.Flusher).Flush()
		w.Header().Set("Sum", "abc")
		w.Header().Set(http.TrailerPrefix+"Late", "def")
	})
	mux.HandleFunc("/hints", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</a.css>")
		w.WriteHeader(http.StatusEarlyHints)
		io.WriteString(w, "final")
	})
	mux.HandleFunc("/abort", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "part")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/upgrade", func(w http.ResponseWriter, _ *http.Request) {
		conn, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n")
		for {
			line, err := rw.ReadString('\n')
			if err != nil {
				return
			}
			io.WriteString(conn, strings.ToUpper(line))
			if line == "bye\n" {
				return
			}
		}
	})
	return mux.ServeHTTP
}

// proxyTo makes a proxy in front of a server of its own for handler.
func proxyTo(handler http.HandlerFunc) func(testing.TB, *notes) http.Handler {
	return func(t testing.TB, n *notes) http.Handler {
		srv := httptest.NewServer(handler)
		t.Cleanup(srv.Close)
		return newProxy(srv.URL, srv.Client().Transport, n)
	}
}

func newProxy(base string, transport http.RoundTripper, n *notes) http.Handler {
	target, err := url.Parse(base)
	if err != nil {
		panic(err)
	}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(pr *httputil.ProxyRequest) {
		pr.SetURL(target)
		pr.Out.Header["X-Forwarded-For"] = pr.In.Header["X-Forwarded-For"]
		pr.SetXForwarded()
		if pr.In.ContentLength > 0 {
			// With a length, the backend may answer before the proxy has seen the
			// end of the body, and net/http breaks off one of the two by chance.
			pr.Out.ContentLength = -1
		}
	}}
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) {
		n.add("proxy failed: %t", err != nil)
		w.WriteHeader(http.StatusBadGateway)
	}
	return proxy
}

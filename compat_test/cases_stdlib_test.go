package compat_test

import (
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"
)

// stdlibCases put the standard library's own handlers and helpers on the
// writer and the request.
func stdlibCases() []handlerCase {
	form := message{
		method: "POST", target: "/case?q=1&both=url",
		header: []string{"Content-Type: application/x-www-form-urlencoded"},
		body:   "both=body&list=1&list=2",
	}
	return []handlerCase{
		{
			name: "stdlib/form", request: form,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.err("parse", r.ParseForm())
				n.add("form %q post %q value %q", r.Form.Encode(), r.PostForm.Encode(), r.FormValue("both"))
				n.write(w, "parsed")
			},
			shows: []string{`post "both=body&list=1&list=2"`, `form "both=body&both=url`},
		},
		{
			name: "stdlib/multipart form",
			request: message{
				method: "POST",
				header: []string{"Content-Type: multipart/form-data; boundary=xx"},
				body: "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n" +
					"--xx\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.txt\"\r\nContent-Type: text/plain\r\n\r\n" +
					strings.Repeat("file ", 2000) + "\r\n--xx--\r\n",
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.err("parse", r.ParseMultipartForm(100))
				n.add("value %q", r.FormValue("a"))
				f, header, err := r.FormFile("f")
				n.err("file", err)
				if err == nil {
					defer f.Close()
					n.add("name %q size %d", header.Filename, header.Size)
					n.readAll("content", f)
				}
				n.write(w, "parsed")
			},
			shows: []string{`value "value"`, `name "f.txt" size 10000`, "content: 10000"},
		},
		{
			name: "stdlib/multipart reader",
			request: message{
				method: "POST",
				header: []string{"Content-Type: multipart/form-data; boundary=xx"},
				chunks: []string{"--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nval", "ue\r\n--xx--\r\n"},
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				mr, err := r.MultipartReader()
				n.err("reader", err)
				for err == nil {
					part, perr := mr.NextPart()
					n.err("part", perr)
					if err = perr; err == nil {
						n.readAll(part.FormName(), part)
					}
				}
				n.write(w, "parsed")
			},
			shows: []string{`a: 5 "value", ok`, "part: EOF"},
		},
		{
			name: "stdlib/httputil.DumpRequest", request: form,
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				dump, err := httputil.DumpRequest(r, true)
				n.add("dump %q, %s", dump, errorClass(err))
				w.Write(dump)
			},
			shows: []string{`dump "POST /case?q=1&both=url HTTP/1.1\r\nHost: compat.test\r\n`},
		},
		{
			name: "stdlib/http.Request.Clone and Write",
			request: message{
				method: "POST",
				header: []string{"X-A: 1", "X-A: 2"},
				chunks: []string{"chunked"},
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				var b strings.Builder
				n.err("write", r.Clone(r.Context()).Write(&b))
				n.add("%q", b.String())
				n.write(w, "written")
			},
			shows: []string{`Transfer-Encoding: chunked`},
		},
		{
			name: "stdlib/http.TimeoutHandler in time",
			build: func(_ testing.TB, n *notes) http.Handler {
				return http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, limited := r.Context().Deadline()
					n.add("deadline %t; %s", limited, capabilities(w))
					w.Header().Set("In", "time")
					w.WriteHeader(http.StatusAccepted)
					n.write(w, "in time")
					n.err("flush", http.NewResponseController(w).Flush())
				}), patience, "too late")
			},
			shows: []string{"HTTP/1.1 202 Accepted", "    In: time", "deadline true"},
		},
		{
			name: "stdlib/http.TimeoutHandler too late",
			build: func(_ testing.TB, n *notes) http.Handler {
				// The handler ends after the reply, on a goroutine of its own.
				return http.TimeoutHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					<-r.Context().Done()
				}), time.Millisecond, "too late")
			},
			shows: []string{"HTTP/1.1 503 Service Unavailable", "too late", "-- probe"},
		},
		{
			name:   "stdlib/http.TimeoutHandler around a panic",
			panics: true,
			build: func(testing.TB, *notes) http.Handler {
				return http.TimeoutHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
					panic("inside")
				}), patience, "too late")
			},
			shows: []string{"no reply"},
			logs:  []string{"panic serving"},
		},
		{
			name:    "stdlib/http.StripPrefix",
			request: message{target: "/prefix/a%2Fb/c"},
			build: func(_ testing.TB, n *notes) http.Handler {
				return http.StripPrefix("/prefix", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					n.add("path %q raw %q", r.URL.Path, r.URL.RawPath)
					n.write(w, r.URL.Path)
				}))
			},
			shows: []string{`path "/a/b/c" raw "/a%2Fb/c"`},
		},
		{
			name: "stdlib/http.ServeMux",
			talk: func(c *conversation) {
				for _, target := range []string{"/items/one%2Ftwo/x/y", "/items/", "/tree", "/a/../items/b", "/nowhere"} {
					c.request(message{target: target})
					c.answer("GET")
				}
				c.request(message{method: "DELETE", target: "/items/one"})
				c.probe(c.answer("DELETE"))
			},
			anywhere: true,
			request:  message{target: "/items/one/x/y"},
			build: func(_ testing.TB, n *notes) http.Handler {
				mux := http.NewServeMux()
				mux.HandleFunc("GET /items/{id}/{rest...}", func(w http.ResponseWriter, r *http.Request) {
					n.add("id %q rest %q pattern %q", r.PathValue("id"), r.PathValue("rest"), r.Pattern)
					n.write(w, r.PathValue("id"))
				})
				mux.HandleFunc("GET /items/{id}", func(w http.ResponseWriter, r *http.Request) {
					n.add("id %q pattern %q", r.PathValue("id"), r.Pattern)
				})
				mux.HandleFunc("/tree/", func(w http.ResponseWriter, _ *http.Request) { n.write(w, "tree") })
				return mux
			},
			shows: []string{`id "one/two" rest "x/y" pattern "GET /items/{id}/{rest...}"`, "HTTP/1.1 405", "    Allow: GET, HEAD", "Location: /tree/"},
		},
		{
			name: "stdlib/http.MaxBytesHandler", request: message{method: "POST", body: "more than four"},
			build: func(_ testing.TB, n *notes) http.Handler {
				return http.MaxBytesHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					n.readAll("body", r.Body)
					w.WriteHeader(http.StatusRequestEntityTooLarge)
				}), 4)
			},
			shows: []string{"*http.MaxBytesError(4)", "HTTP/1.1 413", "end: closed"},
		},
		{
			name: "stdlib/http.AllowQuerySemicolons", request: message{target: "/case?a=1;b=2"},
			build: func(_ testing.TB, n *notes) http.Handler {
				return http.AllowQuerySemicolons(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					n.write(w, r.FormValue("b"))
				}))
			},
			shows: []string{`body: 1 "2"`},
		},
		{
			name:    "stdlib/http.CrossOriginProtection",
			request: message{method: "POST", header: []string{"Origin: https://evil.test", "Sec-Fetch-Site: cross-site"}},
			build: func(_ testing.TB, n *notes) http.Handler {
				return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					n.write(w, "unreached")
				}))
			},
			shows: []string{"HTTP/1.1 403 Forbidden"},
		},
		{
			name:    "stdlib/http.RedirectHandler",
			request: message{target: "/case?x=1"},
			build: func(testing.TB, *notes) http.Handler {
				return http.RedirectHandler("https://other.test/", http.StatusPermanentRedirect)
			},
			shows: []string{"HTTP/1.1 308 Permanent Redirect", "    Location: https://other.test/"},
		},
		{
			name: "stdlib/basic authentication", request: message{header: []string{"Authorization: Basic dXNlcjpwYXNz"}},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				user, pass, ok := r.BasicAuth()
				n.add("%s %s %t", user, pass, ok)
				w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
				w.WriteHeader(http.StatusUnauthorized)
			},
			shows: []string{"user pass true", "HTTP/1.1 401 Unauthorized"},
		},
		{
			name:    "stdlib/request changed by the handler",
			request: message{method: "POST", body: "body"},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				r.Method, r.Host, r.RequestURI = "PUT", "changed", "/changed"
				r.Header.Set("Connection", "close")
				r.Header = nil
				r.URL = &url.URL{Path: "/changed"}
				r.Body = io.NopCloser(strings.NewReader("changed"))
				n.write(w, "changed")
			},
			shows: []string{"HTTP/1.1 200 OK"},
		},
	}
}

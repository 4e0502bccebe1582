package compat_test

import (
	"fmt"
	"net/http"
)

// statusCases have one row for every class of status, with a body and
// without, and for what surrounds the status line.
func statusCases() []handlerCase {
	cases := []handlerCase{
		{
			name:    "status/moved permanently",
			request: message{target: "/from?q=1"},
			serve: func(_ *notes, w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/to", http.StatusMovedPermanently)
			},
			shows: []string{"HTTP/1.1 301 Moved Permanently", "    Location: /to", `<a href=`},
		},
		{
			name:    "status/found after POST",
			request: message{method: "POST", target: "/a/from", body: "form"},
			serve: func(_ *notes, w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "to", http.StatusFound)
			},
			shows: []string{"HTTP/1.1 302 Found", "    Location: /a/to"},
		},
		{
			name:    "status/found after HEAD",
			request: message{method: "HEAD"},
			serve: func(_ *notes, w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/to", http.StatusFound)
			},
			shows: []string{"HTTP/1.1 302 Found", "no body"},
		},
		{
			name: "status/not modified with fields of a body",
			serve: func(_ *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/plain")
				w.Header().Set("Content-Length", "7")
				w.Header().Set("Etag", `"v1"`)
				w.WriteHeader(http.StatusNotModified)
			},
			shows: []string{"HTTP/1.1 304 Not Modified", `Etag: "v1"`},
		},
		{
			name: "status/no content with fields of a body",
			serve: func(_ *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/plain")
				w.Header().Set("Content-Length", "0")
				w.Header().Set("Transfer-Encoding", "chunked")
				w.WriteHeader(http.StatusNoContent)
			},
			shows: []string{"HTTP/1.1 204 No Content"},
		},
		{
			name: "status/reset content with a body",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusResetContent)
				n.write(w, "none is expected")
			},
			shows: []string{"HTTP/1.1 205 Reset Content"},
		},
		{
			name: "status/twice",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusAccepted)
				w.WriteHeader(http.StatusInternalServerError)
				n.write(w, "accepted")
			},
			shows: []string{"HTTP/1.1 202 Accepted"},
			logs:  []string{"superfluous response.WriteHeader"},
		},
		{
			name: "status/after the body began",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.write(w, "begun")
				w.WriteHeader(http.StatusTeapot)
			},
			shows: []string{"HTTP/1.1 200 OK"},
			logs:  []string{"superfluous response.WriteHeader"},
		},
		{
			name: "status/http.Error drops fields of the body",
			serve: func(_ *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "99")
				w.Header().Set("Content-Encoding", "gzip")
				w.Header().Set("Etag", `"v1"`)
				http.Error(w, "no", http.StatusServiceUnavailable)
			},
			shows: []string{"HTTP/1.1 503 Service Unavailable", "X-Content-Type-Options: nosniff"},
		},
	}
	for _, code := range []int{200, 201, 204, 206, 226, 299, 300, 304, 307, 399, 400, 401, 404, 416, 418, 429, 451, 499, 500, 503, 599, 600, 999} {
		cases = append(cases, statusCase(code))
	}
	return append(cases, invalidStatusCase(99), invalidStatusCase(0), invalidStatusCase(1000), invalidStatusCase(-1))
}

// statusCase sends code, with a body where the query asks for one.
func statusCase(code int) handlerCase {
	return handlerCase{
		name: fmt.Sprintf("status/%d", code),
		talk: func(c *conversation) {
			c.request(message{target: "/case?body"})
			c.answer("GET")
			c.request(message{})
			c.probe(c.answer("GET"))
		},
		anywhere: true,
		request:  message{target: "/case?body"},
		serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Code", fmt.Sprint(code))
			w.WriteHeader(code)
			if r.URL.RawQuery == "body" {
				n.write(w, "a body")
			}
		},
		shows: []string{fmt.Sprintf("HTTP/1.1 %d", code)},
	}
}

// invalidStatusCase asks for a code that makes WriteHeader panic.
func invalidStatusCase(code int) handlerCase {
	return handlerCase{
		name:   fmt.Sprintf("status/invalid %d", code),
		panics: true,
		serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
			defer func() {
				v := recover()
				n.add("panic: %v", v)
				panic(v)
			}()
			w.WriteHeader(code)
		},
		shows: []string{fmt.Sprintf("panic: invalid WriteHeader code %d", code), "no reply"},
		logs:  []string{"panic serving"},
	}
}

// informationalCases send interim responses.
func informationalCases() []handlerCase {
	cases := []handlerCase{
		{
			name: "informational/early hints arrive early",
			talk: func(c *conversation) {
				c.request(message{})
				c.interim("GET")
				c.notes.open("hinted")
				c.probe(c.answer("GET"))
			},
			anywhere: true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Add("Link", "</a.css>; rel=preload")
				w.Header().Add("Link", "</b.css>; rel=preload")
				w.WriteHeader(http.StatusEarlyHints)
				n.wait("hinted")
				n.write(w, "final")
			},
			shows: []string{"HTTP/1.1 103 Early Hints", "HTTP/1.1 200 OK"},
		},
		{
			name: "informational/several",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusProcessing)
				w.Header().Set("Link", "</a.css>")
				w.WriteHeader(http.StatusEarlyHints)
				w.Header().Set("Link", "</b.css>")
				w.Header().Set("Content-Length", "5")
				w.WriteHeader(http.StatusEarlyHints)
				w.Header().Del("Link")
				w.WriteHeader(http.StatusCreated)
				n.write(w, "final")
			},
			shows: []string{"HTTP/1.1 102 Processing", "Link: </b.css>", "HTTP/1.1 201 Created"},
		},
		{
			name: "informational/after the final status",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusOK)
				w.WriteHeader(http.StatusEarlyHints)
				n.write(w, "final")
			},
			shows: []string{"HTTP/1.1 200 OK"},
			logs:  []string{"superfluous response.WriteHeader"},
		},
		{
			name:    "informational/on HTTP 1.0",
			request: message{proto: "HTTP/1.0"},
			http1:   true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusEarlyHints)
				n.write(w, "final")
			},
			shows: []string{"103 Early Hints", "HTTP/1.0 200 OK"},
		},
		{
			name: "informational/switching protocols without Hijack",
			talk: func(c *conversation) {
				c.request(message{})
				c.answer("GET")
				c.hangUpWriting()
				c.rest()
			},
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Connection", "Upgrade")
				w.Header().Set("Upgrade", "nothing")
				w.WriteHeader(http.StatusSwitchingProtocols)
				n.write(w, "spoken otherwise")
			},
			shows: []string{"HTTP/1.1 101 Switching Protocols", "http.ErrBodyNotAllowed"},
		},
	}
	for _, code := range []int{100, 102, 199} {
		cases = append(cases, handlerCase{
			name: fmt.Sprintf("informational/%d", code),
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Code", fmt.Sprint(code))
				w.WriteHeader(code)
				n.write(w, "final")
			},
			shows: []string{fmt.Sprintf("HTTP/1.1 %d", code), "HTTP/1.1 200 OK"},
		})
	}
	return cases
}

package compat_test

import (
	"net/http"
	"strings"
)

// headerCases set header fields in every way that a map allows.
func headerCases() []handlerCase {
	set := func(name, body, shows string, header http.Header) handlerCase {
		return handlerCase{
			name: "header/" + name,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				for k, vv := range header {
					w.Header()[k] = vv
				}
				n.write(w, body)
			},
			shows: []string{shows},
		}
	}
	conflicting := set("length and chunked", "hello", "framing: chunked", http.Header{
		"Content-Length": {"5"}, "Transfer-Encoding": {"chunked"},
	})
	conflicting.logs = []string{"both Transfer-Encoding"}
	return []handlerCase{
		set("date suppressed", "hello", "Content-Length: 5", http.Header{"Date": nil}),
		set("date of its own", "hello", "Date: <date>", http.Header{"Date": {"Sun, 06 Nov 1994 08:49:37 GMT"}}),
		set("date malformed", "hello", "Date: yesterday", http.Header{"Date": {"yesterday"}}),
		set("connection close", "hello", "Connection: close", http.Header{"Connection": {"close"}}),
		set("connection Close", "hello", "Connection: Close", http.Header{"Connection": {"Close"}}),
		set("connection close among others", "hello", "HTTP/1.1 200 OK", http.Header{"Connection": {"x, close"}}),
		set("connection keep-alive", "hello", "Connection: keep-alive", http.Header{"Connection": {"keep-alive"}}),
		set("connection upgrade without 101", "hello", "Connection: Upgrade", http.Header{"Connection": {"Upgrade"}, "Upgrade": {"x"}}),
		set("connection nil", "hello", "Content-Length: 5", http.Header{"Connection": nil}),
		set("transfer-encoding chunked", "hello", "framing: chunked", http.Header{"Transfer-Encoding": {"chunked"}}),
		set("transfer-encoding identity", "hello", "framing: until close", http.Header{"Transfer-Encoding": {"identity"}}),
		set("transfer-encoding gzip", "hello", "Transfer-Encoding: ", http.Header{"Transfer-Encoding": {"gzip"}}),
		conflicting,
		set("length and identity", "hello", "Content-Length: 5", http.Header{"Content-Length": {"5"}, "Transfer-Encoding": {"identity"}}),
		set("duplicates", "hello", "X-Dup: b", http.Header{"X-Dup": {"b", "a", "b"}}),
		set("cookies", "hello", "Set-Cookie: b=2", http.Header{"Set-Cookie": {"a=1; Path=/", "b=2"}}),
		set("line break in a value", "hello", "    X-Split: a", http.Header{"X-Split": {"a\r\nX-Injected: 1"}}),
		set("bare CR and LF in a value", "hello", "    X-Split: a", http.Header{"X-Split": {"a\rb\nc"}}),
		set("NUL in a value", "hello", "HTTP/1.1 200 OK", http.Header{"X-Nul": {"a\x00b"}}),
		set("line break in a name", "hello", "Content-Length: 5", http.Header{"X-Split\r\nX-Injected": {"1"}}),
		set("space in a name", "hello", "Content-Length: 5", http.Header{"X Y": {"1"}}),
		set("empty name", "hello", "Content-Length: 5", http.Header{"": {"1"}}),
		set("empty value", "hello", "    X-Empty: ", http.Header{"X-Empty": {""}}),
		set("spaces around a value", "hello", "    X-Space: ", http.Header{"X-Space": {"  a  "}}),
		set("beyond ASCII in a value", "hello", "    X-Text: grün", http.Header{"X-Text": {"grün"}}),
		set("nil value", "hello", "Content-Length: 5", http.Header{"X-Nil": nil}),
		set("names as written", "hello", "    x-lower: 1", http.Header{"x-lower": {"1"}, "X-UPPER": {"2"}}),
		set("lower-case content-length", "hello", "HTTP/1.1 200 OK", http.Header{"content-length": {"5"}}),
		set("server", "hello", "    Server: mine", http.Header{"Server": {"mine"}}),
		set("long values", "hello", "Content-Length: 5", http.Header{"X-Long": {strings.Repeat("v", 10_000), strings.Repeat("w", 10_000)}}),
		set("keep-alive", "hello", "    Keep-Alive: timeout=5", http.Header{"Keep-Alive": {"timeout=5"}}),
		{
			name: "header/many fields",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				for _, c := range "abcdefghijklmnopqrstuvwxyz" {
					w.Header().Add("X-"+string(c), "1")
					w.Header().Add("X-"+string(c), "2")
				}
				n.write(w, "hello")
			},
			shows: []string{"    X-Z: 2"},
		},
		{
			name: "header/http.SetCookie",
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				c, err := r.Cookie("session")
				n.add("cookie %v, %s", c, errorClass(err))
				http.SetCookie(w, &http.Cookie{Name: "session", Value: "2", HttpOnly: true, Secure: true, MaxAge: 60})
			},
			request: message{header: []string{"Cookie: session=1; other=2", "Cookie: third=3"}},
			shows:   []string{"Set-Cookie: session=2; Max-Age=60; HttpOnly; Secure", "cookie session=1, ok"},
		},
	}
}

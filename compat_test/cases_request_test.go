package compat_test

import (
	"fmt"
	"net/http"
	"strings"
)

// requestLineCases are requests of unusual form that net/http serves. What
// the handler sees of each is noted by the harness.
func requestLineCases() []handlerCase {
	answer := func(n *notes, w http.ResponseWriter, r *http.Request) { n.write(w, r.Method+" "+r.RequestURI) }
	raw := func(name, request, method string, shows ...string) handlerCase {
		return handlerCase{
			name: "request/" + name,
			talk: func(c *conversation) {
				c.send(request)
				c.probe(c.answer(method))
			},
			serve:     answer,
			anyChunks: true,
			shows:     shows,
		}
	}
	return []handlerCase{
		raw("OPTIONS of the server", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS", "HTTP/1.1 200 OK", "Content-Length: 0"),
		raw("OPTIONS of the server with a body", "OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "OPTIONS", "HTTP/1.1 200 OK"),
		raw("asterisk with another method", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "HTTP/1.1 "),
		raw("absolute form", "GET http://other.test:8080/case?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", "GET", `host "other.test:8080"`),
		raw("absolute form with https", "GET https://other.test/case HTTP/1.1\r\nHost: a\r\n\r\n", "GET", `host "other.test"`),
		raw("CONNECT to an authority", "CONNECT other.test:443 HTTP/1.1\r\nHost: other.test:443\r\n\r\n", "GET", `"CONNECT" "other.test:443"`),
		raw("CONNECT to a path", "CONNECT /case HTTP/1.1\r\nHost: a\r\n\r\n", "GET", `"CONNECT" "/case"`),
		raw("encoded path", "GET /a%2Fb/%2e%2e/c%20d%2561 HTTP/1.1\r\nHost: a\r\n\r\n", "GET", `raw "/a%2Fb`),
		raw("double slash", "GET //x//y HTTP/1.1\r\nHost: a\r\n\r\n", "GET", `"//x//y"`),
		raw("semicolons in the query", "GET /case?a=1;b=2&c=3 HTTP/1.1\r\nHost: a\r\n\r\n", "GET", `query "a=1;b=2&c=3"`),
		raw("fragment", "GET /case#part HTTP/1.1\r\nHost: a\r\n\r\n", "GET", `#part`),
		raw("question mark alone", "GET /case? HTTP/1.1\r\nHost: a\r\n\r\n", "GET", `"/case?"`),
		raw("method of its own", "PURGE-it /case HTTP/1.1\r\nHost: a\r\n\r\n", "GET", `"PURGE-it"`),
		raw("lower-case method", "get /case HTTP/1.1\r\nHost: a\r\n\r\n", "GET", `request "get"`),
		raw("empty host", "GET /case HTTP/1.1\r\nHost:\r\n\r\n", "GET", `host ""`),
		raw("host with a port", "GET /case HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "GET", `host "[::1]:80"`),
		raw("fields in any case", "GET /case HTTP/1.1\r\nhOST: a\r\nx-some-FIELD: 1\r\nX-Some-Field:2\r\n\r\n", "GET", `X-Some-Field=["1" "2"]`),
		raw("spaces around values", "GET /case HTTP/1.1\r\nHost:  a \r\nX-A: \t b c \t\r\nX-B:\r\n\r\n", "GET", `X-A=["b c"]`),
		raw("bytes beyond ASCII", "GET /case HTTP/1.1\r\nHost: a\r\nX-A: \xc3\xbc\xff\r\n\r\n", "GET", "X-A="),
		raw("pragma", "GET /case HTTP/1.1\r\nHost: a\r\nPragma: no-cache\r\n\r\n", "GET", `Pragma=["no-cache"]`),
		raw("connection with options", "GET /case HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\n\r\n", "GET", `Connection=[`),
		raw("many fields", "GET /case HTTP/1.1\r\nHost: a\r\n"+manyFields(60)+"\r\n", "GET", `X-59=`),
		raw("long field", "GET /case HTTP/1.1\r\nHost: a\r\nX-Long: "+strings.Repeat("v", 5000)+"\r\n\r\n", "GET", `X-Long=`),
		raw("long target", "GET /case?"+strings.Repeat("q", 5000)+" HTTP/1.1\r\nHost: a\r\n\r\n", "GET", `HTTP/1.1 200`),
		raw("basic authentication", "GET /case HTTP/1.1\r\nHost: a\r\nAuthorization: Basic dXNlcjpwYXNz\r\n\r\n", "GET", `Authorization=`),
		raw("upgrade to h2c", "GET /case HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n", "GET", `HTTP/1.1 200`),
		raw("line break before the next request", "POST /case HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\r\n", "POST", "-- probe"),
	}
}

// manyFields returns n field lines.
func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "X-%d: value of %d\r\n", i, i)
	}
	return b.String()
}

// refusedCases are requests that never reach a handler. Compared is the
// status and that the connection ends: the wording is up to the server.
func refusedCases() []handlerCase {
	refused := func(name, request, shows string) handlerCase {
		return handlerCase{
			name: "refused/" + name,
			talk: func(c *conversation) {
				c.send(request)
				c.answer("GET")
				c.rest()
			},
			serve:     func(n *notes, w http.ResponseWriter, _ *http.Request) { n.write(w, "unreached") },
			shows:     []string{shows},
			normalise: statusCodeAlone,
		}
	}
	return []handlerCase{
		refused("no host", "GET /case HTTP/1.1\r\n\r\n", "status 400"),
		refused("two hosts", "GET /case HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "status 400"),
		refused("malformed host", "GET /case HTTP/1.1\r\nHost: a b\r\n\r\n", "status 400"),
		refused("malformed request line", "GET /case\r\nHost: a\r\n\r\n", "status 400"),
		refused("malformed version", "GET /case HTTP/1.x\r\nHost: a\r\n\r\n", "status 400"),
		refused("version to come", "GET /case HTTP/3.0\r\nHost: a\r\n\r\n", "status 505"),
		refused("invalid method", "G@T /case HTTP/1.1\r\nHost: a\r\n\r\n", "status 400"),
		refused("field without a colon", "GET /case HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n", "status 400"),
		refused("space before the colon", "POST /case HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc", "status 400"),
		refused("NUL in a value", "GET /case HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", "status 400"),
		refused("lengths that differ", "POST /case HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "status 400"),
		refused("negative length", "POST /case HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc", "status 400"),
		refused("unknown transfer coding", "POST /case HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "status 501"),
		refused("two transfer codings", "POST /case HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "status 501"),
		refused("header of two megabytes", "GET /case HTTP/1.1\r\nHost: a\r\n"+strings.Repeat("X-Large: "+strings.Repeat("v", 8000)+"\r\n", 250)+"\r\n", "status 431"),
		refused("malformed escape in the path", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "status 400"),
	}
}

// statusCodeAlone reduces the reply to the case's request to its code.
func statusCodeAlone(outcome string) string {
	before, after, found := strings.Cut(outcome, "-- the case\n")
	if !found {
		before, after = "", outcome
	}
	lines := strings.Split(after, "\n")
	kept := []string{before}
	for _, line := range lines {
		if status, ok := strings.CutPrefix(line, "client: HTTP/1.1 "); ok {
			kept = append(kept, "status "+status[:3])
			continue
		}
		if !strings.HasPrefix(line, "client:     ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

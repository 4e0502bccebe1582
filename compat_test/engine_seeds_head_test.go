package compat_test

import (
	"slices"
	"strings"
)

// headSeeds are heads that are well formed, odd, or neither.
func headSeeds() []string {
	lines := []string{
		"X: y\r\n", "X:y\r\n", "X:\r\n", "X: \t y \t \r\n", "X: y  z\r\n", "x-lower: 1\r\nX-LOWER: 2\r\n", "X : y\r\n", "X\t: y\r\n",
		"X\x0b: y\r\n", " X: y\r\n", "\tX: y\r\n", "X: y\r\n z\r\n", "X: y\r\n\tz\r\n", "X:\r\n y\r\n", "X: y\r\n \r\n",
		"X: y\n", "X: y\r", "X: y\r\r\n", "X: a\rb\r\n", "X: a\r b\r\n", "\rX: y\r\n", "X: a\x00b\r\n", "X: \x00\r\n", "X\x00: y\r\n",
		"\x00: y\r\n", "X: a\x07b\r\n", "X: a\x0bb\r\n", "X: a\x7fb\r\n", "X: \x1f\r\n", "X: \xef\xbb\xbf\r\n", "X: \x80\xff\r\n",
		": y\r\n", ":\r\n", "X\r\n", "X y\r\n", "X Y: z\r\n", "X(: y\r\n", "X@: y\r\n", "X[]: y\r\n", "X\": y\r\n", "X/: y\r\n", "X{: y\r\n",
		"\x7fX: y\r\n", "\x80X: y\r\n", "\xefX: y\r\n", "é: y\r\n", "!#$%&'*+-.^_`|~09azAZ: y\r\n", "X:: y\r\n", "X: : y\r\n",
		"Pragma: no-cache\r\n", "Pragma: no-cache\r\nCache-Control: x\r\n", "Cookie: a=b\r\nCookie: c=d\r\n", "Set-Cookie: x\r\n",
		strings.Repeat("X: y\r\n", 300),
		strings.Repeat("x", 300) + ": y\r\n", "X: " + strings.Repeat("y", 5000) + "\r\n", " \r\n\rZ\r\n", "X: y\r\n\r\n\r\n", "\r\n", "\n",
		"Range: bytes=0-1\r\n", "Te: trailers\r\n", "If-Match: *\r\n", "User-Agent: x\r\nAccept: */*\r\nReferer: /\r\n",
	}
	whole := []string{
		"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n",
		"GET / x HTTP/1.1\r\nHost: a\r\n\r\n", "GET/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET / \r\nHost: a\r\n\r\n", "GET /\r\nHost: a\r\n\r\n",
		"GET\r\nHost: a\r\n\r\n", "GET \r\nHost: a\r\n\r\n", " \r\n\r\n", "/ HTTP/1.1\r\nHost: a\r\n\r\n",
		"G\x00T / HTTP/1.1\r\nHost: a\r\n\r\n", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "G\x80T / HTTP/1.1\r\nHost: a\r\n\r\n",
		"get / HTTP/1.1\r\nHost: a\r\n\r\n", "M-SEARCH * HTTP/1.1\r\nHost: a\r\n\r\n", "!#$ / HTTP/1.1\r\nHost: a\r\n\r\n",
		"\xef\xbb\xbfGET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\rHost: a\r\r", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\n\n", "GET / HTTP/1.1\n\rHost: a\r\n\r\n", "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
		"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "\n\n\n\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\rGET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"\r\n", "\r", "\n", "\r\n\r\n", " \r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\r\n\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\r\n",
		"GET /" + strings.Repeat("x", 5000) + " HTTP/1.1\r\nHost: a\r\n\r\n", strings.Repeat("G", 5000) + " / HTTP/1.1\r\nHost: a\r\n\r\n",
		strings.Repeat("x", 9000), "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "x", "", "\x00", "nonsense\r\n\r\n",
	}
	return slices.Concat(between("GET /g HTTP/1.1\r\nHost: a\r\n", lines, "\r\n"+next), between("", whole, next), []string{"", "G", "GET", "GE\r\n", "\r\n", "\r\n\r", "GET / HTTP/1.1\r\nHost: a\r\n"})
}

// versionSeeds name versions.
func versionSeeds() []string {
	versions := []string{
		"HTTP/1.0", "HTTP/1.2", "HTTP/1.9", "HTTP/0.9", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9", "HTTP/1.32", "HTTP/1", "HTTP/1.", "HTTP/.1", "HTTP/11",
		"HTTP/1.1.1", "HTTP/01.1", "HTTP/1.01", "HTTP/+1.1", "HTTP/-1.1", "http/1.1", "Http/1.1", "HTTP 1.1", "HTTP/1,1", "HTTP/1.1x", "HTTPS/1.1",
		"ICY/1.1", "HTTP/\u0661.1", "HTTP/1.\x00", "XTTP/1.1", "",
	}
	return slices.Concat(
		between("GET /v ", versions, "\r\nHost: a\r\n\r\n"+next),
		[]string{
			"GET /v HTTP/1.0\r\n\r\n" + next,
			"GET /v HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + next,
			"GET /v HTTP/1.0\r\nConnection: Keep-Alive\r\nHost: a\r\n\r\n" + next,
			"GET /v HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n" + next,
			"GET /v HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n" + next,
			"HEAD /v HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + next,
			"GET /v HTTP/0.9\r\nConnection: keep-alive\r\nHost: a\r\n\r\n" + next,
			"GET /v\r\n",
			"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
			"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
			"PRI * HTTP/1.1\r\nHost: a\r\n\r\nSM\r\n\r\n",
			"PRI / HTTP/2.0\r\nHost: a\r\n\r\n" + next,
			"POST / HTTP/2.0\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + next,
		},
	)
}

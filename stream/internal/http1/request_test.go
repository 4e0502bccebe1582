package http1_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

func TestReadRequest(t *testing.T) {
	const in = "POST /a/b?x=1 HTTP/1.1\r\nHost: a.example:80\r\nuser-agent: x\r\nAccept: 1\r\n" +
		"accept:\t2 \t\r\nContent-Length: 3\r\nX-Empty:\r\n\r\nabcGET /next HTTP/1.1\r\nHost: a\r\n\r\n"
	everySplit(t, in, func(t *testing.T, br *bufio.Reader) {
		r, body, err := read(br, wide)
		require.NoError(t, err)
		assert.Equal(t, "POST", r.Method)
		assert.Equal(t, "/a/b?x=1", r.RequestURI)
		assert.Equal(t, "/a/b", r.URL.Path)
		assert.Equal(t, "x=1", r.URL.RawQuery)
		assert.Equal(t, "HTTP/1.1", r.Proto)
		assert.Equal(t, "a.example:80", r.Host)
		assert.Equal(t, int64(3), r.ContentLength)
		assert.Equal(t, http.NoBody, r.Body)
		assert.False(t, r.Close)
		assert.Equal(t, http.Header{
			"User-Agent": {"x"}, "Accept": {"1", "2"}, "Content-Length": {"3"}, "X-Empty": {""},
		}, r.Header)
		assert.Equal(t, "abc", body)

		r, _, err = read(br, wide)
		require.NoError(t, err, "the request behind the body")
		assert.Equal(t, "/next", r.URL.Path)
		_, _, err = read(br, wide)
		assert.Equal(t, io.EOF, err)
	})
}

func TestHeaderValuesHaveRoomOfTheirOwn(t *testing.T) {
	in := "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n"
	r, _, err := read(bufio.NewReader(strings.NewReader(in)), wide)
	require.NoError(t, err)
	for _, name := range []string{"A", "B", "C"} {
		r.Header.Add(name, "more")
	}
	assert.Equal(t, http.Header{"A": {"1", "more"}, "B": {"2", "more"}, "C": {"3", "more"}}, r.Header)
}

func TestManyHeaders(t *testing.T) {
	var in strings.Builder
	in.WriteString("GET / HTTP/1.1\r\nHost: a\r\n")
	for i := range 100 {
		in.WriteString("X-" + strings.Repeat("a", i+1) + ": v\r\nsame: v\r\n")
	}
	in.WriteString("\r\n")
	everySplit(t, in.String(), func(t *testing.T, br *bufio.Reader) {
		r, _, err := read(br, wide)
		require.NoError(t, err)
		assert.Len(t, r.Header, 101)
		assert.Len(t, r.Header["Same"], 100)
		assert.Len(t, r.Header["X-A"+strings.Repeat("a", 99)], 1)
	})
}

// Each row quotes what it stands for.
func TestRefused(t *testing.T) {
	const h = "Host: a\r\n"
	for _, c := range []struct {
		why    string
		in     string
		status int
	}{
		{"RFC 9112, 3: no method", " / HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3: no target", "GET HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3: empty target", "GET  HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3: two spaces", "GET  / HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3: space at the end", "GET / HTTP/1.1 \r\n" + h + "\r\n", 400},
		{"RFC 9112, 3: space in the target", "GET /a b HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3: tab", "GET\t/\tHTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3: tab in the target", "GET /\ta HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3.1: method is a token", "GE(T / HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3.1: method is a token", "G\xffT / HTTP/1.1\r\n" + h + "\r\n", 400},
		{"HTTP/0.9", "GET /\r\n", 400},
		{"RFC 9112, 2.3: version", "GET / HTTP/1.32\r\n" + h + "\r\n", 400},
		{"RFC 9112, 2.3: version", "GET / HTTP/1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 2.3: version", "GET / http/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 2.3: version", "GET / HTTP/+.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 2.3: version", "GET / HTTP/1,1\r\n" + h + "\r\n", 400},
		{"RFC 9110, 15.6.6", "GET / HTTP/9.9\r\n" + h + "\r\n", 505},
		{"RFC 9110, 15.6.6", "GET / HTTP/0.9\r\n" + h + "\r\n", 505},
		{"RFC 9113, 3.4: preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
		{"TLS on a plain port", "\x16\x03\x01\x02\x00\x01\n", 400},

		{"RFC 9112, 3.2: target", "GET a HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3.2: target", "GET ** HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 3986, 2.1", "GET /%zz HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 3986, 2.1", "GET /% HTTP/1.1\r\n" + h + "\r\n", 400},
		{"http-garden: NUL in the target", "GET /\x00 HTTP/1.1\r\n" + h + "\r\n", 400},
		{"http-garden: bare CR in the target", "GET /\r HTTP/1.1\r\n" + h + "\r\n", 400},
		{"http-garden: bare CR in the query", "GET /?\ra HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9110, 4.2.4: userinfo", "GET http://u@a/ HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9110, 4.2.4: userinfo", "GET ftp://u:p@a/ HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9110, 4.2.1: empty host", "GET http:///x HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9110, 4.2.1: empty host", "GET http://:80/x HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9110, 4.2.1: no host", "GET http:/x HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9110, 4.2.1: no host", "GET http:x HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 3986, 3.2.2", "GET http://[::1/ HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 3986, 3.2.2", "GET http://a:b/ HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 3986, 3.2.2", "GET http://a<b/ HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9110, 9.3.6: CONNECT without port", "CONNECT a HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9110, 9.3.6: CONNECT with an empty port", "CONNECT a: HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9110, 9.3.6: CONNECT to port 0", "CONNECT a:0 HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9110, 9.3.6: CONNECT to port 65536", "CONNECT a:65536 HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3.2.3: CONNECT with a path", "CONNECT a:443/x HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3.2.3: CONNECT with userinfo", "CONNECT u@a:443 HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3.2.3: CONNECT to nobody", "CONNECT :443 HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 3.2.3: CONNECT with a URI", "CONNECT http://a:443 HTTP/1.1\r\n" + h + "\r\n", 400},

		{"RFC 9112, 3.2: no Host", "GET / HTTP/1.1\r\n\r\n", 400},
		{"RFC 9112, 3.2: no Host", "GET http://a/ HTTP/1.1\r\n\r\n", 400},
		{"RFC 9112, 3.2: no Host", "CONNECT a:443 HTTP/1.1\r\n\r\n", 400},
		{"RFC 9112, 3.2: no Host", "GET / HTTP/1.2\r\n\r\n", 400},
		{"RFC 9112, 3.2: two Hosts", "GET / HTTP/1.1\r\n" + h + h + "\r\n", 400},
		{"RFC 9112, 3.2: two Hosts", "GET / HTTP/1.0\r\n" + h + "host: a\r\n\r\n", 400},
		{"net/http parity", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
		{"net/http parity", "GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n", 400},
		{"RFC 9112, 3.2: userinfo", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
		{"RFC 9112, 3.2: list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
		{"RFC 9112, 3.2: port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400},
		{"RFC 9112, 3.2: port", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", 400},
		{"RFC 9112, 3.2: address without brackets", "GET / HTTP/1.1\r\nHost: ::1\r\n\r\n", 400},
		{"RFC 9112, 3.2: open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
		{"RFC 9112, 3.2: closed bracket", "GET / HTTP/1.1\r\nHost: a]\r\n\r\n", 400},
		{"RFC 9112, 3.2: no address in brackets", "GET / HTTP/1.1\r\nHost: [a]\r\n\r\n", 400},
		{"RFC 9112, 3.2: IPv4 in brackets", "GET / HTTP/1.1\r\nHost: [127.0.0.1]\r\n\r\n", 400},
		{"RFC 9112, 3.2: IPvFuture without version", "GET / HTTP/1.1\r\nHost: [v.a]\r\n\r\n", 400},
		{"RFC 9112, 3.2: IPvFuture without address", "GET / HTTP/1.1\r\nHost: [v1.]\r\n\r\n", 400},
		{"RFC 9112, 3.2: IPvFuture of an odd version", "GET / HTTP/1.1\r\nHost: [vx.a]\r\n\r\n", 400},
		{"RFC 9112, 3.2: bytes behind the bracket", "GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n", 400},
		{"RFC 9112, 3.2: percent", "GET / HTTP/1.1\r\nHost: a%z0\r\n\r\n", 400},
		{"RFC 9112, 3.2: percent", "GET / HTTP/1.1\r\nHost: a%4\r\n\r\n", 400},
		{"RFC 9112, 3.2: obs-text", "GET / HTTP/1.1\r\nHost: \xc3\xa4\r\n\r\n", 400},
		{"RFC 9112, 3.2, beside absolute-form", "GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n", 400},

		{"http-garden: header without colon", "GET / HTTP/1.1\r\n" + h + "x\r\n\r\n", 400},
		{"http-garden: empty header name", "GET / HTTP/1.1\r\n" + h + ": x\r\n\r\n", 400},
		{"http-garden: \\xef header name", "GET / HTTP/1.1\r\n" + h + "\xef: x\r\n\r\n", 400},
		{"http-garden: NUL in value", "GET / HTTP/1.1\r\n" + h + "x: \x00\r\n\r\n", 400},
		{"http-garden: \\x07 in value", "GET / HTTP/1.1\r\n" + h + "x: a\x07a\r\n\r\n", 400},
		{"http-garden: DEL in value", "GET / HTTP/1.1\r\n" + h + "x: a\x7f\r\n\r\n", 400},
		{"http-garden: bare CR in value", "GET / HTTP/1.1\r\n" + h + "x: a\rb\r\n\r\n", 400},
		{"http-garden: bare CR before CRLF", "GET / HTTP/1.1\r\n" + h + "x: a\r\r\n\r\n", 400},
		{"http-garden: bare CR in name", "GET / HTTP/1.1\r\n" + h + "x\r: a\r\n\r\n", 400},
		{"http-garden:  \\r\\n\\rZ", "GET / HTTP/1.1\r\n" + h + " \r\n\rZ\r\n\r\n", 400},
		{"bare CR for an empty line", "GET / HTTP/1.1\r\n" + h + "\r\r\n\r\n", 400},
		{"RFC 9112, 5.1: white space before the colon", "GET / HTTP/1.1\r\n" + h + "x : a\r\n\r\n", 400},
		{"RFC 9112, 5.1: white space before the colon", "GET / HTTP/1.1\r\n" + h + "x\t: a\r\n\r\n", 400},
		{"CVE-2015-5739..41", "POST / HTTP/1.1\r\n" + h + "Content-Length : 34\r\n\r\n", 400},
		{"CVE-2015-5739..41", "POST / HTTP/1.1\r\n" + h + "Content Length: 34\r\n\r\n", 400},
		{"RFC 9112, 5.2: obs-fold", "GET / HTTP/1.1\r\n" + h + "x: a\r\n b\r\n\r\n", 400},
		{"RFC 9112, 5.2: obs-fold", "GET / HTTP/1.1\r\n" + h + "x: a\n\tb: c\r\n\r\n", 400},
		{"RFC 9112, 2.2: white space before the first field", "GET / HTTP/1.1\r\n x: a\r\n" + h + "\r\n", 400},
		{"RFC 9112, 2.2: line of white space", "GET / HTTP/1.1\r\n" + h + " \r\n\r\n", 400},

		{"RFC 9112, 6.3: CL 1 + CL 0", "POST / HTTP/1.1\r\n" + h + "Content-Length: 1\r\nContent-Length: 0\r\n\r\nx", 400},
		{"RFC 9112, 6.3: equal lines", "POST / HTTP/1.1\r\n" + h + "Content-Length: 5\r\ncontent-length: 5\r\n\r\nhello", 400},
		{"RFC 9112, 6.3: equal list", "POST / HTTP/1.1\r\n" + h + "Content-Length: 5, 5\r\n\r\nhello", 400},
		{"CVE-2021-32715", "POST / HTTP/1.1\r\n" + h + "Content-Length: +5\r\n\r\nhello", 400},
		{"CVE-2021-32715", "POST / HTTP/1.1\r\n" + h + "Content-Length: -1\r\n\r\nhello", 400},
		{"CVE-2021-32715", "POST / HTTP/1.1\r\n" + h + "Content-Length: 0x5\r\n\r\nhello", 400},
		{"CVE-2021-32715", "POST / HTTP/1.1\r\n" + h + "Content-Length: 1_0\r\n\r\nhello", 400},
		{"CVE-2021-32715", "POST / HTTP/1.1\r\n" + h + "Content-Length:\r\n\r\nhello", 400},
		{"CVE-2021-32715", "POST / HTTP/1.1\r\n" + h + "Content-Length: 1Z\r\n\r\nhello", 400},
		{"CVE-2021-32715", "POST / HTTP/1.1\r\n" + h + "Content-Length: 9223372036854775808\r\n\r\n", 400},
		{"RFC 9112, 6.1: CL + TE", "POST / HTTP/1.1\r\n" + h + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		{"RFC 9112, 6.1: TE + CL", "POST / HTTP/1.1\r\n" + h + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n", 400},
		{"RFC 9112, 6.1: TE + bad CL", "POST / HTTP/1.1\r\n" + h + "Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n0\r\n\r\n", 400},
		{"RFC 9112, 6.1: TE on HTTP/1.0", "POST / HTTP/1.0\r\n" + h + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		{"RFC 9112, 6.1: TE on HTTP/1.0", "POST / HTTP/1.0\r\n" + h + "Transfer-Encoding: x\r\n\r\n0\r\n\r\n", 400},
		{"CVE-2022-1705; \\x0b", "POST / HTTP/1.1\r\n" + h + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400},
		{"CVE-2022-1705; xchunked", "POST / HTTP/1.1\r\n" + h + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
		{"CVE-2022-1705; ,chunked", "POST / HTTP/1.1\r\n" + h + "Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n", 501},
		{"CVE-2022-1705; identity", "POST / HTTP/1.1\r\n" + h + "Transfer-Encoding: identity\r\n\r\n", 501},
		{"CVE-2022-1705; empty", "POST / HTTP/1.1\r\n" + h + "Transfer-Encoding:\r\n\r\n", 501},
		{"CVE-2022-1705; two TE lines", "POST / HTTP/1.1\r\n" + h + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
		{"CVE-2022-1705; list", "POST / HTTP/1.1\r\n" + h + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
		{"golang/go#38867: Kelvin sign", "POST / HTTP/1.1\r\n" + h + "Transfer-Encoding: chun\u212aed\r\n\r\n0\r\n\r\n", 501},
		{"RFC 9110, 6.5.1", "POST / HTTP/1.1\r\n" + h + "Transfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n0\r\n\r\n", 400},
		{"RFC 9110, 6.5.1", "POST / HTTP/1.1\r\n" + h + "Transfer-Encoding: chunked\r\nTrailer: a, host\r\n\r\n0\r\n\r\n", 400},

		{"RFC 9112, 2.2: too many empty lines", "\r\n\r\n\r\nGET / HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 2.2: too many empty lines", "\n\n\n\n\nGET / HTTP/1.1\r\n" + h + "\r\n", 400},
		{"RFC 9112, 2.2: bare CR", "\rGET / HTTP/1.1\r\n" + h + "\r\n", 400},
		{"cut in the method", "G", 400},
		{"cut in the request line", "GET / HTTP/1.1\r", 400},
		{"cut behind the request line", "GET / HTTP/1.1\r\n", 400},
		{"cut in a header", "GET / HTTP/1.1\r\n" + h + "x", 400},
		{"cut before the empty line", "GET / HTTP/1.1\r\n" + h, 400},
		{"cut in the empty line", "GET / HTTP/1.1\r\n" + h + "\r", 400},
	} {
		t.Run(c.why, func(t *testing.T) {
			refused(t, c.in, c.status, wide)
			// The same as the second request of a connection.
			const first = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok"
			br := bufio.NewReader(strings.NewReader(first + c.in))
			_, _, err := read(br, wide)
			require.NoError(t, err)
			_, _, err = read(br, wide)
			assert.Equal(t, c.status, status(err), "as request 2")
		})
	}
}

func TestOddButFine(t *testing.T) {
	for _, c := range []struct{ why, in, path, host string }{
		{"RFC 9112, 2.2: an empty line first", "\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n", "/x", "a"},
		{"RFC 9112, 2.2: four bytes of empty lines", "\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n", "/x", "a"},
		{"RFC 9112, 2.2: bare LF", "GET /x HTTP/1.1\nHost: a\nx: y\n\n", "/x", "a"},
		{"empty Host", "GET /x HTTP/1.1\r\nHost:\r\n\r\n", "/x", ""},
		{"no Host on HTTP/1.0", "GET /x HTTP/1.0\r\n\r\n", "/x", ""},
		{"absolute-form goes first", "GET http://b:8080/x HTTP/1.1\r\nHost: a\r\n\r\n", "/x", "b:8080"},
		{"IPv6", "GET /x HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "/x", "[::1]:80"},
		{"IPv6 with a zone", "GET /x HTTP/1.1\r\nHost: [fe80::1%25en0]\r\n\r\n", "/x", "[fe80::1%25en0]"},
		{"IPvFuture", "GET /x HTTP/1.1\r\nHost: [v1.a:b]\r\n\r\n", "/x", "[v1.a:b]"},
		{"empty port", "GET /x HTTP/1.1\r\nHost: a:\r\n\r\n", "/x", "a:"},
		{"sub-delims", "GET /x HTTP/1.1\r\nHost: a_b!%41\r\n\r\n", "/x", "a_b!%41"},
		{"HTTP/1.9", "GET /x HTTP/1.9\r\nHost: a\r\n\r\n", "/x", "a"},
		{"two slashes are a path", "GET //x/y HTTP/1.1\r\nHost: a\r\n\r\n", "//x/y", "a"},
		{"GO-2026-4950: decoded once", "GET /%2561dmin HTTP/1.1\r\nHost: a\r\n\r\n", "/%61dmin", "a"},
		{"GO-2026-4950: dots stay", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: a\r\n\r\n", "/a/../b", "a"},
		{"asterisk-form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "*", "a"},
		{"authority-form", "CONNECT b:443 HTTP/1.1\r\nHost: a\r\n\r\n", "", "b:443"},
		{"net/rpc", "CONNECT /_goRPC_ HTTP/1.0\n\n", "/_goRPC_", ""},
		{"obs-text in a value", "GET /x HTTP/1.1\r\nHost: a\r\nx: \xff\r\n\r\n", "/x", "a"},
	} {
		t.Run(c.why, func(t *testing.T) {
			everySplit(t, c.in, func(t *testing.T, br *bufio.Reader) {
				r, _, err := read(br, wide)
				require.NoError(t, err)
				assert.Equal(t, c.path, r.URL.Path)
				assert.Equal(t, c.host, r.Host)
			})
		})
	}
}

func TestNothingArrived(t *testing.T) {
	boom := errors.New("boom")
	for _, in := range []string{"", "\r\n", "\r", "\n", "\r\n\r\n", "\r\n\r"} {
		for _, want := range []error{io.EOF, boom, os.ErrDeadlineExceeded} {
			br := bufio.NewReader(io.MultiReader(strings.NewReader(in), failing{want}))
			_, err := http1.ReadRequest(br, &wide)
			assert.Equal(t, want, err, "%q", in)
		}
	}
}

func TestCutInTheHead(t *testing.T) {
	boom := errors.New("boom")
	const in = "GET / HTTP/1.1\r\nHost: a\r\n\r"
	for i := 1; i <= len(in); i++ {
		for _, size := range []int{16, 4096} {
			for _, c := range []struct {
				fail   error
				cause  error
				status int
			}{
				{io.EOF, io.ErrUnexpectedEOF, 400},
				{boom, boom, 400},
				{os.ErrDeadlineExceeded, os.ErrDeadlineExceeded, 408},
			} {
				br := bufio.NewReaderSize(io.MultiReader(strings.NewReader(in[:i]), failing{c.fail}), size)
				_, err := http1.ReadRequest(br, &wide)
				require.ErrorIs(t, err, c.cause, "%q", in[:i])
				assert.Equal(t, c.status, status(err), "%q", in[:i])
			}
		}
	}
}

// A request line or a header that is bad is refused at its end, while the peer may
// still be waiting.
func TestRefusedBeforeTheHeadEnds(t *testing.T) {
	for _, in := range []string{"GARBAGE\r\n", "GET / HTTP/1.1\r\nbad\r\n", "GET / HTTP/1.1\r\nHost: a\r\n b\n"} {
		br := bufio.NewReader(io.MultiReader(strings.NewReader(in), failing{errors.New("waits for more")}))
		_, err := http1.ReadRequest(br, &wide)
		require.Equal(t, 400, status(err))
		assert.NotContains(t, err.Error(), "waits for more")
	}
}

func TestHeadBuffered(t *testing.T) {
	for in, want := range map[string]bool{
		"":                                      false,
		"\r\n":                                  false,
		"\r\n\r\n":                              false,
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n":     true,
		"GET / HTTP/1.1\r\nHost: a\r\n\r\nbody": true,
		"GET / HTTP/1.1\nHost: a\n\n":           true,
		"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n": true,
		"GET / HTTP/1.1\r\nHost: a\r\n\r":       false,
		"GET / HTTP/1.1\r\nHost: a\r\n":         false,
		"GET / HTTP/1.1\r\n\rx":                 false,
	} {
		br := bufio.NewReader(strings.NewReader(in))
		_, _ = br.Peek(1)
		assert.Equal(t, want, http1.HeadBuffered(br), "%q", in)
		assert.Equal(t, len(in), br.Buffered(), "%q", in)
	}
	assert.False(t, http1.HeadBuffered(bufio.NewReader(failing{errors.New("read")})))
}

func TestErrorText(t *testing.T) {
	refusal := &http1.Error{Op: "read header", Status: 400, Err: io.ErrUnexpectedEOF}
	assert.Equal(t, "http1: read header: unexpected EOF", refusal.Error())
	assert.ErrorIs(t, refusal, io.ErrUnexpectedEOF)
}

// failing is a reader that fails at once.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

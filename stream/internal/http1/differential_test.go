package http1_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sameAsStock are inputs on which net/http's server and this package agree in
// everything a handler can see, and in the status where they refuse.
var sameAsStock = []string{
	"",
	"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET / HTTP/1.0\r\n\r\n",
	"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
	"GET / HTTP/1.0\r\nConnection: x, Keep-Alive\r\nConnection: close\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nConnection: x,\tCLOSE ,y\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n",
	"GET / HTTP/1.5\r\nHost: a\r\n\r\n",
	"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
	"GET / HTTP/0.9\r\nHost: a\r\n\r\n",
	"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
	"GET / HTTP/1.1\nHost: a\nX:y\n\n",
	"GET / HTTP/1.1\r\nHost: a\r\nPragma: no-cache\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nPragma: no-cache\r\nCache-Control: max-age=0\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nPragma: x\r\nPragma: no-cache\r\n\r\n",
	"GET / HTTP/1.1\r\nHost:\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: \t a \t \r\nx:  y\tz  \r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nx-a: 1\r\nX-A: 2\r\nX-a:\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~1-aB: x\r\nUPPER-CASE: x\r\nsec-websocket-key: y\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("x", 100) + "-" + strings.Repeat("y", 100) + ": z\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nx: \xff\xfe\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
	"get / HTTP/1.1\r\nHost: a\r\n\r\n",
	"M-SEARCH * HTTP/1.1\r\nHost: a\r\n\r\n",
	"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET http://b/x?y HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET HTTP://b:1 HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET http://b?x/y HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET http://%C3%A4/ HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET http://[::1]:80/ HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET http://[fe80::1%25en0]/ HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET ftp://b/x HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET urn:x:y HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET //b/x HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /? HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /?? HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /a?b?c=%zz&d#e HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /a%2Fb%20c HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /a;b,c HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /a:b@c HTTP/1.1\r\nHost: a\r\n\r\n",
	"CONNECT b:443 HTTP/1.1\r\nHost: a\r\n\r\n",
	"CONNECT [::1]:443 HTTP/1.1\r\nHost: a\r\n\r\n",
	"CONNECT /x HTTP/1.1\r\nHost: a\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcdef",
	"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0003\r\n\r\nabc",
	"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab",
	"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTrailer: x\r\n\r\nabc",
	"POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n00A;x=\"y\"\r\n0123456789\r\n0;z\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding:chunked\r\nTrailer: b, A-a\r\nTrailer: c\r\n\r\n" +
		"1\r\nx\r\n0\r\na-A: 1\r\nB:2 \r\nnot-announced: 3\r\na-a: 4\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx: y\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: ,\r\n\r\n0\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: a b\r\n\r\n0\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n0\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\nZ\r\n0\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0_2e\r\nZ\r\n0\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx\t: y\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
	"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
	"GET / HTTP/1.1\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nx : y\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\n x: y\r\nz\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nx: \x01\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\n\x80: y\r\n\r\n",
	"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\n",
	"GET /",
}

func TestSameAsStock(t *testing.T) {
	srv := newStock(t)
	for _, in := range sameAsStock {
		stocks, answer := srv.read(in)
		got, err := ours(in)
		if err != nil {
			assert.Empty(t, stocks, "%q: %v", in, err)
			if want := status(err); want > 0 && strings.Contains(in, "\r\n\r\n") {
				assert.Equal(t, answer, want, "%q: %v", in, err)
			}
			continue
		}
		if assert.NotEmpty(t, stocks, "%q", in) {
			assert.Equal(t, stocks[0], got, "%q", in)
		}
	}
}

// stricter are the inputs which this package refuses on purpose although net/http's
// server takes them. There are no others: FuzzReadRequest sees to it.
var stricter = []struct {
	why    string
	in     string
	status int // 0: the body is refused
}{
	{"RFC 9112, 5.2: obs-fold", "GET / HTTP/1.1\r\nHost: a\r\nx: a\r\n b\r\n\r\n", 400},
	{"RFC 9112, 6.3: equal Content-Lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400},
	{"RFC 9112, 6.1: CL and TE", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"RFC 9112, 6.1: TE on HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"RFC 9112, 3.2: CONNECT without Host", "CONNECT a:443 HTTP/1.1\r\n\r\n", 400},
	{"RFC 9112, 3.2: Host is a list", "GET / HTTP/1.1\r\nHost: a:80,b\r\n\r\n", 400},
	{"RFC 9112, 3.2: Host has an odd port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400},
	{"RFC 9112, 3.2: Host has loose brackets", "GET / HTTP/1.1\r\nHost: a]\r\n\r\n", 400},
	{"RFC 9112, 3.2: Host has a bad escape", "GET / HTTP/1.1\r\nHost: a%\r\n\r\n", 400},
	{"RFC 9112, 3.2.3: CONNECT without port", "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
	{"RFC 9112, 3.2.3: CONNECT to nobody", "CONNECT  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
	{"RFC 9112, 3.2.3: CONNECT with path", "CONNECT a:443/x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
	{"RFC 9110, 9.3.6: CONNECT to no port", "CONNECT a:99999 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
	{"RFC 9110, 4.2.4: userinfo", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
	{"RFC 9110, 4.2.1: no host", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
	{"RFC 3986, 3.2.2: host", "GET http://a<b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
	{"RFC 9110, 6.5.1: announced Host", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: Host\r\n\r\n0\r\n\r\n", 400},
	{"RFC 9113, 3.4: HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
	{"RFC 9110, 6.5.1: framing in trailers", chunkedHead + "0\r\nContent-Length: 1\r\n\r\n", 0},
	{"RFC 9112, 5.1: blank before the colon in trailers", chunkedHead + "0\r\nx : y\r\n\r\n", 0},
	{"RFC 9112, 5.2: obs-fold in trailers", chunkedHead + "0\r\nx: a\r\n b\r\n\r\n", 0},
	{"RFC 9112, 7.1: bare LF in trailers", chunkedHead + "0\r\nx: a\ny: b\r\n\r\n", 0},
	{"RFC 9112, 7.1: blank behind a size", chunkedHead + "1 \r\nx\r\n0\r\n\r\n", 0},
	{"RFC 9112, 7.1.1: control byte in an extension", chunkedHead + "1;\x00\r\nx\r\n0\r\n\r\n", 0},
}

const chunkedHead = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

func TestStricterThanStock(t *testing.T) {
	srv := newStock(t)
	for _, c := range stricter {
		t.Run(c.why, func(t *testing.T) {
			stocks, _ := srv.read(c.in)
			require.NotEmpty(t, stocks, "net/http has caught up: no difference any more")
			got, err := ours(c.in)
			if c.status != 0 {
				assert.Equal(t, c.status, status(err))
				return
			}
			require.NoError(t, err)
			assert.False(t, stocks[0].BodyBad, "net/http has caught up: no difference any more")
			assert.True(t, got.BodyBad)
		})
	}
}

// The one thing this package takes and net/http's server does not, unless a POST
// went before: empty lines in front of a request (RFC 9112, 2.2).
func TestLaxerThanStock(t *testing.T) {
	srv := newStock(t)
	for _, in := range []string{"\r\n", "\n", "\r\n\r\n"} {
		in += "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
		stocks, answer := srv.read(in)
		assert.Empty(t, stocks)
		assert.Equal(t, 400, answer)
		_, err := ours(in)
		assert.NoError(t, err)

		stocks, _ = srv.read("POST / HTTP/1.1\r\nHost: a\r\n\r\n" + in)
		assert.Len(t, stocks, 2)
	}
}

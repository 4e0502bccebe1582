package adapter_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An attack is a request that must not be served as it stands, named after where it
// was seen. Behind each comes smuggled, which must never be dispatched.
type attack struct {
	name, bytes string
	status      []int // any of these; 0: the connection may end without an answer
	reads       bool  // the mistake is in the body: a handler may run, and its read fails
	ours        bool  // net/http, which reads request 1, lets it pass
}

func chunked(body string) string {
	return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body
}

func field(line string) string { return "GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n" }

func length(value string) string {
	return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + value + "\r\n\r\nhello"
}

func attacks() []attack {
	bad, any400 := []int{400}, []int{400, 501}
	list := []attack{
		{name: "CVE-2022-1705 vertical tab", bytes: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n", status: any400},
		{name: "xchunked", bytes: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", status: any400},
		{name: ",chunked", bytes: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,chunked\r\n\r\n", status: any400},
		{name: "identity", bytes: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", status: any400},
		{name: "two codings", bytes: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", status: any400},
		{name: "CVE-2015-5739 space before colon", bytes: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 34\r\n\r\n", status: bad},
		{name: "two lengths", bytes: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 0\r\n\r\nx", status: bad},
		{name: "length list", bytes: length("5, 5"), status: bad},
		{name: "length and coding", bytes: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", status: bad, ours: true},
		{name: "coding on HTTP/1.0", bytes: "POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", status: bad, ours: true},
		{name: "CVE-2025-22871 bare LF behind a size", bytes: chunked("1\nZ\r\n0\r\n\r\n"), reads: true},
		{name: "CVE-2021-32714 size overflow", bytes: chunked("10000000000000001\r\nx"), reads: true},
		{name: "CVE-2023-39326 10 KB extension", bytes: chunked("1;" + strings.Repeat("x", 10<<10) + "\r\nZ\r\n0\r\n\r\n"), reads: true},
		{name: "CVE-2023-39326 many extensions", bytes: chunked(strings.Repeat("1;"+strings.Repeat("x", 100)+"\r\nZ\r\n", 1000) + "0\r\n\r\n"), reads: true},
		{name: "bare CR", bytes: field("X: a\rb"), status: bad},
		{name: "NUL", bytes: field("X: a\x00b"), status: bad},
		{name: "bell", bytes: field("X: a\x07b"), status: bad},
		{name: "byte in name", bytes: field("\xefX: a"), status: bad},
		{name: "empty name", bytes: field(": a"), status: bad},
		{name: "no colon", bytes: field("X"), status: bad},
		{name: "space line", bytes: "GET / HTTP/1.1\r\nHost: a\r\n \r\n\rZ\r\n\r\n", status: bad},
		{name: "obs-fold", bytes: field("X: a\r\n b"), status: bad, ours: true},
		{name: "HTTP/1.32", bytes: "GET / HTTP/1.32\r\nHost: a\r\n\r\n", status: bad},
		{name: "HTTP/9.9", bytes: "GET / HTTP/9.9\r\nHost: a\r\n\r\n", status: []int{505, 400}},
		{name: "HTTP/2 preface", bytes: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", status: []int{505, 400, 0}},
		{name: "no Host", bytes: "GET / HTTP/1.1\r\n\r\n", status: bad},
		{name: "two Hosts", bytes: "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", status: bad},
		{name: "space in Host", bytes: "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", status: bad},
		{name: "path in Host", bytes: "GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n", status: bad, ours: true},
		{name: "CVE-2023-24534 2 MB field", bytes: field("X: " + strings.Repeat("x", 2<<20)), status: []int{431, 0}},
		{name: "many fields", bytes: field(strings.TrimSuffix(strings.Repeat("X: y\r\n", 260_000), "\r\n")), status: []int{431, 0}},
		{name: "2 MB target", bytes: "GET /" + strings.Repeat("x", 2<<20) + " HTTP/1.1\r\nHost: a\r\n\r\n", status: []int{431, 414, 0}},
		{name: "Trailer: Content-Length", bytes: "POST / HTTP/1.1\r\nHost: a\r\nTrailer: Content-Length\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n", status: bad},
		{name: "bare LF in trailer", bytes: chunked("1\r\nZ\r\n0\r\nX: a\nY: b\r\n\r\n"), reads: true, ours: true},
	}
	for _, v := range []string{"+5", "-1", "0x5", "1_0", "1Z"} { // CVE-2021-32715
		list = append(list, attack{name: "length " + v, bytes: length(v), status: bad})
	}
	list = append(list, attack{name: "length empty", bytes: length(""), status: bad, ours: true})
	for _, v := range []string{"0_2e\r\n", "+1\r\nZ\r\n", "0x1\r\nZ\r\n", "  1\r\nZ\r\n", "\r\nZ\r\n"} { // fasthttp#1899, http-garden
		list = append(list, attack{name: fmt.Sprintf("chunk %q", v), bytes: chunked(v + "0\r\n\r\n"), reads: true})
	}
	for _, v := range []string{"5\r\r;X\r\nhello\r\n", "1;a\r\rX\r\nZ\r\n"} {
		list = append(list, attack{name: fmt.Sprintf("chunk %q", v), bytes: chunked(v + "0\r\n\r\n"), reads: true, ours: true})
	}
	return list
}

// TestAdvisories sends each attack as request 1, read by net/http, and as request 2,
// read by onramp.
func TestAdvisories(t *testing.T) {
	for _, m := range mounts() {
		for _, second := range []bool{false, true} {
			t.Run(fmt.Sprint(m.name, " second ", second), func(t *testing.T) {
				t.Parallel()
				var smuggledSeen atomic.Int32
				mux := http.NewServeMux()
				mux.Handle("/", adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
					c.Response().Body = []byte("whole")
					if _, err := io.ReadAll(c.Request().Body); err != nil {
						c.Response().SetBody(400, "text/plain", "broken")
					}
					must("send", s.Send(c.Response().Build()), nil)
					return hooks.Continue
				})))
				mux.HandleFunc("/smuggled", func(http.ResponseWriter, *http.Request) { smuggledSeen.Add(1) })
				s := serve(t, m.wrap(t, mux), nil)
				for _, a := range attacks() {
					parsedByUs := second && m.mode != adapter.Never
					if a.ours && !parsedByUs && (m.mode != adapter.Eager || !a.reads) {
						continue
					}
					p := s.Dial()
					if second {
						require.Equal(t, "whole", p.Get("/").Text)
					}
					go func() { _, _ = io.WriteString(p.Conn(), a.bytes+smuggled) }()
					got, err := p.Next("POST")
					switch {
					case a.reads:
						if assert.NoError(t, err, a.name) {
							assert.Equal(t, 400, got.StatusCode, a.name)
						}
					case err != nil:
						assert.Contains(t, a.status, 0, "%s: %v", a.name, err)
					default:
						assert.Contains(t, a.status, got.StatusCode, a.name)
						assert.True(t, got.Close, a.name)
					}
					_, _ = p.Rest()
					assert.Zero(t, smuggledSeen.Load(), a.name)
					p.Close()
				}
			})
		}
	}
}

// TestHarmlessOddities: what clients are known to send, and a server must bear.
func TestHarmlessOddities(t *testing.T) {
	for _, m := range mounts() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.Handle("/", adapter.Handler(hook(answers["sent"])))
			mux.Handle("/path/", adapter.Handler(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
				c.Response().Body = []byte(c.Request().URL.Path)
				return hooks.Continue
			})))
			p := serve(t, m.wrap(t, mux), nil).Dial()
			for range 3 {
				p.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\r\n") // a stray CRLF behind a POST
				require.Equal(t, "posted", p.Want("POST").Text)
				p.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n")
				require.Equal(t, "posted", p.Want("GET").Text)
				p.Send("GET / HTTP/1.1\nHost: a\n\n") // bare LF
				require.Equal(t, "posted", p.Want("GET").Text)
				p.Send("GET /path/%2561dmin HTTP/1.1\r\nHost: a\r\n\r\n") // decoded once
				require.Equal(t, "/path/%61dmin", p.Want("GET").Text)
				// CVE-2026-100666: the GET has its body, the HEAD has none, in order.
				p.Send("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
				require.Equal(t, "posted", p.Want("GET").Text)
				require.Empty(t, p.Want("HEAD").Text)
			}
		})
	}
}

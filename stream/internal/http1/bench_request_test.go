package http1_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

const (
	curlGet    = "GET /a/b?x=1 HTTP/1.1\r\nHost: example.com\r\nUser-Agent: curl/8.7.1\r\nAccept: */*\r\n\r\n"
	simpleGet  = "GET /a/b?x=1 HTTP/1.1\r\nHost: example.com\r\nUser-Agent: test/1.0\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n"
	browserGet = "GET /search/results.html?q=onramp&page=2 HTTP/1.1\r\nHost: www.example.com\r\n" +
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36\r\n" +
		"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n" +
		"Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9,de;q=0.8\r\n" +
		"Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\nReferer: https://www.example.com/search\r\n" +
		"sec-ch-ua-mobile: ?0\r\nsec-fetch-dest: document\r\nsec-fetch-mode: navigate\r\nsec-fetch-site: same-origin\r\n" +
		"upgrade-insecure-requests: 1\r\nConnection: keep-alive\r\n\r\n"
)

func TestAllocations(t *testing.T) {
	_, fields, _ := strings.Cut(simpleGet, "\r\n")
	for in, most := range map[string]float64{
		curlGet:   4, // the head, the request with its URL and values, a map in two
		simpleGet: 5, // more values than fit into the request
		"GET / HTTP/1.1\r\n" + strings.ToLower(fields): 5,
		browserGet: 7, // a map in four
	} {
		src := strings.NewReader(in)
		br := bufio.NewReader(src)
		got := testing.AllocsPerRun(200, func() {
			src.Reset(in)
			br.Reset(src)
			if _, err := http1.ReadRequest(br, &wide); err != nil {
				t.Fatal(err)
			}
		})
		assert.LessOrEqual(t, got, most, "%q", in)
	}
}

func BenchmarkReadRequest(b *testing.B) {
	for name, in := range map[string]string{"simple": simpleGet, "browser": browserGet} {
		src := strings.NewReader(in)
		br := bufio.NewReader(src)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				src.Reset(in)
				br.Reset(src)
				if _, err := http1.ReadRequest(br, &wide); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/net-http", func(b *testing.B) { // without the server's further checks
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				src.Reset(in)
				br.Reset(src)
				if _, err := http.ReadRequest(br); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

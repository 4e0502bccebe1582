package http1_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A scanned is what a Scanner made of a response.
type scanned struct {
	Heads, Body, Raw, Excess string
	Status                   int
	Trailer                  http.Header
	Begun, Complete          bool
	Upgraded                 bool
	Left                     int64
}

// scan feeds the parts to a new Scanner. It fails when a piece is empty, or longer
// than what was given.
func scan(t testing.TB, headOnly bool, parts ...string) scanned {
	t.Helper()
	s := http1.Scanner{HeadOnly: headOnly}
	var got scanned
	for _, part := range parts {
		for p := []byte(part); len(p) > 0; {
			kind, n := s.Next(p)
			if n <= 0 || n > len(p) {
				t.Fatalf("a piece of %d of %d bytes", n, len(p))
			}
			switch kind {
			case http1.PieceHead:
				got.Heads += string(s.Head.Bytes)
			case http1.PieceBody:
				got.Body += string(p[:n])
			case http1.PieceRaw:
				got.Raw += string(s.Lost) + string(p[:n])
				s.Lost = nil
			case http1.PieceExcess:
				got.Excess += string(p[:n])
			}
			p = p[n:]
		}
	}
	got.Status, got.Trailer, got.Left = s.Head.Status, s.Trailer, s.Left()
	got.Begun, got.Complete, got.Upgraded = s.Begun(), s.Complete(), s.Upgraded()
	return got
}

// bytewise returns the bytes of in as parts of their own.
func bytewise(in string) (parts []string) {
	for i := range len(in) {
		parts = append(parts, in[i:i+1])
	}
	return parts
}

// splits calls f with in as a whole, byte by byte, and cut at each position; where
// in is long only near its ends and around its line ends.
func splits(in string, f func(parts ...string)) {
	f(in)
	f(bytewise(in)...)
	for i := 1; i < len(in); i++ {
		if len(in) < 1000 || i < 20 || i > len(in)-20 || strings.Contains(in[max(0, i-3):min(len(in), i+3)], "\n") {
			f(in[:i], in[i:])
		}
	}
}

const (
	ok   = "HTTP/1.1 200 OK\r\n"
	te   = "Transfer-Encoding: chunked\r\n"
	keep = "Connection: keep-alive\r\n"
	bye  = "Connection: close\r\n"
)

// A response that is followed as it goes out. flags says what is known at its end,
// in words: begun complete upgraded whole keeps (the connection) keeps10 (for a
// HTTP/1.0 request); left=n.
type response struct {
	what, in string
	headOnly bool
	body     string
	raw      bool // body is no HTTP
	status   int
	flags    string
}

var responses = []response{
	{"nothing", "", false, "", false, 0, ""},
	{"length", ok + "Content-Length: 5\r\n\r\nhello", false, "hello", false, 200, "begun complete whole keeps"},
	{"length, lower case and bare LF", "HTTP/1.1 200 OK\ncontent-length:5\n\nhello", false, "hello", false, 200, "begun complete whole keeps"},
	{"length, short", ok + "Content-Length: 5\r\n\r\nhel", false, "hel", false, 200, "begun left=2"},
	{"length, nothing yet", ok + "Content-Length: 5\r\n\r\n", false, "", false, 200, "begun left=5"},
	{"length zero", ok + "Content-Length: 0\r\n\r\n", false, "", false, 200, "begun complete whole keeps"},
	{"length twice, alike", ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", false, "hello", false, 200, "begun complete whole keeps"},
	{"two lengths", ok + "Content-Length: 5\r\nContent-Length: 4\r\n\r\nhello", false, "hello", false, 200, "begun whole"},
	{"two lengths, one of them zero", ok + "Content-Length: 0\r\nContent-Length: 4\r\n\r\nhello", false, "hello", false, 200, "begun whole"},
	{"a list of lengths", ok + "Content-Length: 5, 5\r\n\r\nhello", false, "hello", false, 200, "begun whole"},
	{"negative length", ok + "Content-Length: -5\r\n\r\nhello", false, "hello", false, 200, "begun whole"},
	{"signed length", ok + "Content-Length: +5\r\n\r\nhello", false, "hello", false, 200, "begun whole"},
	{"empty length", ok + "Content-Length:\r\n\r\nhello", false, "hello", false, 200, "begun whole"},
	{"largest length", ok + "Content-Length: 9223372036854775807\r\n\r\nhello", false, "hello", false, 200, "begun left=9223372036854775802"},
	{"length beyond that", ok + "Content-Length: 9223372036854775808\r\n\r\nhello", false, "hello", false, 200, "begun whole"},
	{"until close", ok + "\r\nhello", false, "hello", false, 200, "begun whole"},
	{"until close, nothing yet", ok + "\r\n", false, "", false, 200, "begun whole"},

	{"chunked", ok + te + "\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", false, "hello world", false, 200, "begun complete whole keeps"},
	{"chunked, bare LF", ok + te + "\n5\nhello\n0\n\n", false, "hello", false, 200, "begun complete whole keeps"},
	{"chunked, extensions", ok + te + "\r\n5;a=b\r\nhello\r\n6 ;c=\"d\"\r\n world\r\n0;x\r\n\r\n", false, "hello world", false, 200, "begun complete whole keeps"},
	{"chunked, large digits", ok + te + "\r\n0A\r\n0123456789\r\n000\r\n\r\n", false, "0123456789", false, 200, "begun complete whole keeps"},
	{"chunked, trailers", ok + te + "\r\n5\r\nhello\r\n0\r\nA: b\r\na:  c \r\nno field\r\n\r\n", false, "hello", false, 200, "begun complete whole keeps"},
	{"chunked, only trailers", ok + te + "\r\n0\r\nA: b\r\na: c\r\n\r\n", false, "", false, 200, "begun complete whole keeps"},
	{"chunked, without its end", ok + te + "\r\n5\r\nhello\r\n", false, "hello", false, 200, "begun"},
	{"chunked, without its empty line", ok + te + "\r\n5\r\nhello\r\n0\r\n", false, "hello", false, 200, "begun"},
	{"chunked, without the LF of it", ok + te + "\r\n5\r\nhello\r\n0\r\n\r", false, "hello", false, 200, "begun"},
	{"chunked, in a chunk", ok + te + "\r\n5\r\nhel", false, "hel", false, 200, "begun"},
	{"chunked, no number", ok + te + "\r\nfive\r\nhello\r\n0\r\n\r\n", false, "hello\r\n0\r\n\r\n", false, 200, "begun"},
	{"chunked, empty size", ok + te + "\r\n\r\nhello", false, "hello", false, 200, "begun"},
	{"chunked, negative size", ok + te + "\r\n-5\r\nhello", false, "hello", false, 200, "begun"},
	{"chunked, 0x", ok + te + "\r\n0x5\r\nhello", false, "hello", false, 200, "begun"},
	{"chunked, white space before", ok + te + "\r\n 5\r\nhello", false, "hello", false, 200, "begun"},
	{"chunked, too large a size", ok + te + "\r\n8000000000000000\r\nhello", false, "hello", false, 200, "begun"},
	{"chunked, longer than its size", ok + te + "\r\n5\r\nhello!\r\n0\r\n\r\n", false, "hello0\r\n\r\n", false, 200, "begun"},
	// RFC 9112, sections 6.1 and 6.2: nobody may send it, so nobody need take it, or agree on its end.
	{"chunked twice", ok + te + te + "\r\n0\r\n\r\n", false, "", false, 200, "begun complete whole"},
	{"chunked and a length", ok + te + "Content-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false, "hello", false, 200, "begun complete whole"},
	{"a length and chunked", ok + "Content-Length: 3\r\n" + te + "\r\n5\r\nhello\r\n0\r\n\r\n", false, "hello", false, 200, "begun complete whole"},
	{"chunked and two lengths", ok + "Content-Length: 3\r\nContent-Length: 4\r\n" + te + "\r\nhello", false, "hello", false, 200, "begun whole"},
	{"another coding", ok + "Transfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nhello", false, "hello", false, 200, "begun whole"},
	{"codings", ok + "Transfer-Encoding: gzip, chunked\r\n\r\nhello", false, "hello", false, 200, "begun whole"},
	{"chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\n" + te + keep + "\r\n5\r\nhello\r\n0\r\n\r\n", false, "5\r\nhello\r\n0\r\n\r\n", false, 200, "begun whole"},

	{"HEAD, length", ok + "Content-Length: 5\r\n\r\n", true, "", false, 200, "begun complete whole keeps"},
	{"HEAD, chunked", ok + te + "\r\n", true, "", false, 200, "begun complete whole keeps"},
	{"HEAD, until close", ok + "\r\n", true, "", false, 200, "begun complete whole keeps"},
	{"204", "HTTP/1.1 204 No Content\r\n\r\n", false, "", false, 204, "begun complete whole keeps"},
	{"204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", false, "", false, 204, "begun complete whole keeps"},
	{"304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n" + te + "\r\n", false, "", false, 304, "begun complete whole keeps"},
	{"205", "HTTP/1.1 205 Reset Content\r\n\r\nhello", false, "hello", false, 205, "begun whole"},

	{"100", "HTTP/1.1 100 Continue\r\n\r\n", false, "", false, 100, ""},
	{"103 with a length", "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n", false, "", false, 103, ""},
	{"103 that says close", "HTTP/1.1 103 Early Hints\r\n" + bye + "\r\n" + ok + "Content-Length: 0\r\n\r\n", false, "", false, 200, "begun complete whole keeps"},
	{"1xx, then 200", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 199 x\r\nA: b\r\n\r\n" + ok + "Content-Length: 5\r\n\r\nhello", false, "hello", false, 200, "begun complete whole keeps"},
	{"1xx, then HEAD's", "HTTP/1.1 103 Early Hints\r\n\r\n" + ok + "Content-Length: 5\r\n\r\n", true, "", false, 200, "begun complete whole keeps"},
	{"101", "HTTP/1.1 101 Switching Protocols\r\nContent-Length: 3\r\n\r\n", false, "", false, 101, "begun upgraded whole"},
	{"101, then raw bytes", "HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05hello HTTP/1.1 200 OK\r\n\r\n", false, "\x81\x05hello HTTP/1.1 200 OK\r\n\r\n", true, 101, "begun upgraded whole"},

	{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false, "ok", false, 200, "begun complete whole"},
	{"HTTP/1.0, keep-alive", "HTTP/1.0 200 OK\r\n" + keep + "Content-Length: 2\r\n\r\nok", false, "ok", false, 200, "begun complete whole keeps keeps10"},
	{"HTTP/1.1, keep-alive", ok + keep + "Content-Length: 2\r\n\r\nok", false, "ok", false, 200, "begun complete whole keeps keeps10"},
	{"close", ok + bye + "Content-Length: 2\r\n\r\nok", false, "ok", false, 200, "begun complete whole"},
	{"close among others", ok + "CONNECTION: x ,\tClOsE, y\r\nContent-Length: 2\r\n\r\nok", false, "ok", false, 200, "begun complete whole"},
	{"close in a second line", ok + keep + bye + "Content-Length: 2\r\n\r\nok", false, "ok", false, 200, "begun complete whole"},
	{"keep-alive in a second line", ok + "Connection: x\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok", false, "ok", false, 200, "begun complete whole keeps keeps10"},
	{"what only looks like close", ok + "Connection: closed, not-close\r\nClose: close\r\nContent-Length: 2\r\n\r\nok", false, "ok", false, 200, "begun complete whole keeps"},
	{"close and short", ok + bye + "Content-Length: 2\r\n\r\no", false, "o", false, 200, "begun left=1"},

	{"in the head", ok + "Content-Le", false, "", false, 0, "begun"},
	{"in the status line", "HTT", false, "", false, 0, "begun"},
	{"a fresh head behind a 1xx", "HTTP/1.1 100 Continue\r\n\r\nH", false, "", false, 100, "begun"},
	{"no HTTP", "hello\r\n\r\nworld", false, "hello\r\n\r\nworld", true, 0, "begun whole"},
	{"no HTTP, one byte", "x", false, "x", true, 0, "begun whole"},
	{"nearly HTTP", "HTTP/2 200\r\n\r\n", false, "HTTP/2 200\r\n\r\n", true, 0, "begun whole"},
	{"no HTTP behind a 1xx", "HTTP/1.1 100 Continue\r\n\r\nHTML", false, "HTML", true, 100, "begun whole"},
	{"no status", "HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nok", false, "ok", false, 0, "begun whole"},
	{"two spaces, which some take for a 100", "HTTP/1.1  100 Continue\r\nContent-Length: 0\r\n\r\nok", false, "ok", false, 0, "begun whole"},
	{"four digits", "HTTP/1.1 1000 x\r\nContent-Length: 0\r\n\r\nok", false, "ok", false, 0, "begun whole"},
	{"two digits", "HTTP/1.1 20 x\r\nContent-Length: 0\r\n\r\nok", false, "ok", false, 0, "begun whole"},
	{"status line alone", "HTTP/1.1 200\n\nhello", false, "hello", false, 200, "begun whole"},
	{"a head of 63 KiB", ok + "A: " + strings.Repeat("b", 63<<10) + "\r\nContent-Length: 2\r\n\r\nok", false, "ok", false, 200, "begun complete whole keeps"},
	{"a head of 70 KiB is none", ok + "A: " + strings.Repeat("b", 70<<10) + "\r\n\r\nok", false, ok + "A: " + strings.Repeat("b", 70<<10) + "\r\n\r\nok", true, 0, "begun whole"},
}

// However a response is cut, the same comes out of it.
func TestScanner(t *testing.T) {
	t.Parallel()
	for _, c := range responses {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			var first *scanned
			splits(c.in, func(parts ...string) {
				got := scan(t, c.headOnly, parts...)
				if first == nil {
					first = &got
				}
				if !assert.Equal(t, *first, got, "in %d parts, %.20q first", len(parts), parts[:min(1, len(parts))]) {
					t.FailNow()
				}
			})
			if c.raw {
				assert.Equal(t, c.body, first.Raw)
			} else {
				assert.Equal(t, c.body, first.Body)
				assert.Empty(t, first.Raw)
			}
			assert.Empty(t, first.Excess)
			assert.Equal(t, c.status, first.Status)
			assert.True(t, strings.HasPrefix(c.in, first.Heads))
		})
	}
}

func TestScannerTrailer(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]http.Header{
		"0\r\n\r\n": nil,
		"0\r\nA: b\r\na:  c \r\nno field\r\n\r\n":     {"A": {"b", "c"}},
		"1\r\nx\r\n0\r\nContent-Md5:d\r\nB: \r\n\r\n": {"Content-Md5": {"d"}, "B": {""}},
	} {
		splits(ok+te+"\r\n"+in, func(parts ...string) { assert.Equal(t, want, scan(t, false, parts...).Trailer) })
	}
}

// What comes behind the end is excess, however it comes.
func TestScannerExcess(t *testing.T) {
	t.Parallel()
	for _, c := range responses {
		if strings.Contains(c.flags, "complete") {
			splits(c.in+"HTTP/1.1 200", func(parts ...string) {
				got := scan(t, c.headOnly, parts...)
				assert.Equal(t, c.body, got.Body, c.what)
				assert.Equal(t, "HTTP/1.1 200", got.Excess, c.what)
				assert.True(t, got.Complete, c.what)
			})
		}
	}
}

// A head or a line without an end is no reason to keep all of it. Not parallel:
// what is allocated is counted for the whole process.
func TestScannerKeepsLittle(t *testing.T) {
	part := []byte(strings.Repeat("1", 1<<10))
	for _, start := range []string{"", ok, ok + te + "\r\n", ok + te + "\r\n5;", ok + te + "\r\n0\r\nA: "} {
		var s http1.Scanner
		feed := func(p []byte) {
			for len(p) > 0 {
				_, n := s.Next(p)
				p = p[n:]
			}
		}
		feed([]byte(start))
		assert.Less(t, allocation(func() {
			for range 4 << 10 {
				feed(part)
			}
		}), uint64(1<<20), "for 4 MiB behind %q", start)
		assert.True(t, s.Begun())
		assert.False(t, s.Complete())
	}
}

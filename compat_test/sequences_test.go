package compat_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSequences has handlers answer in ways that nobody would write down, one behind the
// other on connections that share all that is pooled: each byte but for the Date must be
// what net/http answers to the same.
func TestSequences(t *testing.T) {
	t.Parallel()
	for _, crypt := range []*tls.Config{nil, certified(t)} { // ReadFrom has its ways over TCP
		for round := range uint64(24) {
			want := chats(t, stock, crypt, round)
			for _, e := range engines() {
				got := chats(t, e.start, crypt, round)
				for i := range got {
					require.Equal(t, strings.Split(want[i], "\r\n"), strings.Split(got[i], "\r\n"), "%s, round %d, chat %d, TLS %v", e.name, round, i, crypt != nil)
				}
			}
		}
	}
}

// chats returns what the clients of a round get, which are served at the same time.
func chats(t *testing.T, start func(http.Handler, *causes, func(*http.Server)) server, crypt *tls.Config, round uint64) []string {
	addr, stop := listening(t, start(http.HandlerFunc(improvise), new(causes), func(*http.Server) {}), crypt)
	defer stop()
	got := make([]string, 4)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() { got[i] = converse(t, addr, crypt, round*4+uint64(i)) })
	}
	all.Wait()
	return got
}

// certified returns what a server of TLS needs.
func certified(t *testing.T) *tls.Config {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return &tls.Config{Certificates: s.TLS.Certificates}
}

func listening(t *testing.T, srv server, crypt *tls.Config) (addr string, stop func()) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr = l.Addr().String()
	if crypt != nil {
		l = tls.NewListener(l, crypt)
	}
	var served sync.WaitGroup
	served.Go(func() { _ = srv.serve(l) })
	return addr, func() { srv.stop(); served.Wait() }
}

var dates = regexp.MustCompile(`Date: \w{3}, \d\d [^\r]* GMT\r\n`)

// converse sends the requests of seed, and returns all that comes back.
func converse(t *testing.T, addr string, crypt *tls.Config, seed uint64) string {
	var conn net.Conn
	conn, err := net.Dial("tcp", addr)
	if !assert.NoError(t, err) {
		return ""
	}
	if crypt != nil {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	rng := rand.New(rand.NewPCG(seed, 1))
	var seen bytes.Buffer
	br := bufio.NewReader(io.TeeReader(conn, &seen))
	n := 1 + rng.IntN(12)
	pipelined := rng.IntN(3) == 0
	var batch strings.Builder
	var reqs []*http.Request
	for i := range n {
		method, version, fields, body := "GET", "1.1", "", ""
		switch rng.IntN(12) {
		case 0:
			method = "HEAD"
		case 1:
			version, fields = "1.0", "Connection: keep-alive\r\n"
		case 2:
			method, fields, body = "POST", "Content-Length: 5\r\n", "hello"
		case 3:
			method, fields, body = "POST", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"
		case 4:
			method, fields, body = "POST", "Content-Length: 5\r\nExpect: 100-continue\r\n", "hello"
		case 5:
			if rng.IntN(4) == 0 {
				version = "1.0"
			}
		}
		if i == n-1 {
			fields = "Connection: close\r\n" + strings.ReplaceAll(fields, "Connection: keep-alive\r\n", "")
		}
		fmt.Fprintf(&batch, "%s /%d HTTP/%s\r\nHost: a\r\n%s\r\n%s", method, seed<<8|uint64(i), version, fields, body)
		reqs = append(reqs, &http.Request{Method: method})
		if pipelined && i < n-1 {
			continue
		}
		if _, err := io.WriteString(conn, batch.String()); err != nil {
			break
		}
		batch.Reset()
		for _, r := range reqs {
			if err = skip(br, r); err != nil {
				break
			}
		}
		reqs = nil
		if err != nil {
			break
		}
	}
	_ = conn.(interface{ CloseWrite() error }).CloseWrite()
	_, _ = io.Copy(io.Discard, br)
	return brief(joined(dates.ReplaceAllString(seen.String(), "Date\r\n")))
}

// joined returns wire with the chunks of a body as one: where they end is nobody's business.
func joined(wire string) string {
	var out, body strings.Builder
	for {
		head, rest, chunked := strings.Cut(wire, "Transfer-Encoding: chunked\r\n")
		fields, rest, _ := strings.Cut(rest, "\r\n")
		out.WriteString(head)
		if !chunked {
			return out.String()
		}
		for fields != "" {
			out.WriteString(fields + "\r\n")
			fields, rest, _ = strings.Cut(rest, "\r\n")
		}
		body.Reset()
		for {
			size, data, ok := strings.Cut(rest, "\r\n")
			n, err := strconv.ParseUint(size, 16, 31)
			if !ok || err != nil { // there is no body, or it is cut short
				break
			}
			if rest = data; n == 0 {
				body.WriteString(" end")
				break
			}
			n = min(n, uint64(len(data)))
			body.WriteString(data[:n])
			rest = strings.TrimPrefix(data[n:], "\r\n")
		}
		fmt.Fprintf(&out, "chunked\r\n\r\n%s\r\n", body.String())
		wire = rest
	}
}

// brief returns s with its runs of one letter cut short.
func brief(s string) string {
	return runs.ReplaceAllStringFunc(s, func(run string) string { return fmt.Sprintf("%c*%d", run[0], len(run)) })
}

var runs = regexp.MustCompile(func() string {
	var each []string
	for c := 'a'; c <= 'z'; c++ {
		each = append(each, string(c)+"{20,}")
	}
	return strings.Join(each, "|")
}())

func skip(br *bufio.Reader, r *http.Request) error {
	for {
		resp, err := http.ReadResponse(br, r)
		if err != nil {
			return err
		}
		if resp.StatusCode == 101 {
			return io.EOF
		}
		if resp.StatusCode < 200 {
			continue
		}
		_, err = io.Copy(io.Discard, resp.Body)
		if err == nil && resp.Close {
			err = io.EOF
		}
		return err
	}
}

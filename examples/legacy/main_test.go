package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
)

// requests are sent over one connection, in this order.
var requests = []struct{ name, head, body string }{
	{name: "route with a parameter", head: "GET /hello/you HTTP/1.1"},
	{name: "head", head: "HEAD /hello/you HTTP/1.1"},
	{name: "json", head: "POST /sum HTTP/1.1", body: "[1, 2, 3.5]"},
	{name: "handler's own error", head: "POST /sum HTTP/1.1", body: "one and two"},
	{name: "flushes and a trailer", head: "GET /letters HTTP/1.1"},
	{name: "file", head: "GET /alphabet HTTP/1.1"},
	{name: "range", head: "GET /alphabet HTTP/1.1\r\nRange: bytes=3-5"},
	{name: "not modified", head: "GET /alphabet HTTP/1.1\r\nIf-Modified-Since: Wed, 01 May 2024 12:00:00 GMT"},
	{name: "method the mux refuses", head: "PUT /letters HTTP/1.1"},
	{name: "no route", head: "GET /nowhere HTTP/1.1"},
	{name: "old client", head: "GET /hello/you HTTP/1.0\r\nConnection: keep-alive"},
	{name: "last request", head: "GET /hello/you HTTP/1.1\r\nConnection: close"},
}

// TestSameAnswers holds what does not change: every byte of every answer, but for the
// order of header fields, which has no meaning (RFC 9110, section 5.3).
func TestSameAnswers(t *testing.T) {
	t.Parallel()
	bare := converse(t, routes())
	for name, opts := range map[string]*adapter.Options{
		"on demand": nil,
		"eager":     {Takeover: adapter.Eager},
	} {
		wrapped := converse(t, adapter.New(opts).Wrap(routes()))
		for i, request := range requests {
			assert.Equal(t, bare[i], wrapped[i], "%s, %s", request.name, name)
		}
	}
}

// TestFirstAnswer pins one answer down, so that the comparison compares something.
func TestFirstAnswer(t *testing.T) {
	t.Parallel()
	want := "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nContent-Type: text/plain; charset=utf-8\r\nDate: now\r\n\r\nhello, you\n"
	assert.Equal(t, want, converse(t, routes())[0])
}

// TestStricter holds what changes: a request with two lengths, which proxies may read
// in two ways (RFC 9112, section 6.3), is refused from the second request on. The first
// is net/http's to read.
func TestStricter(t *testing.T) {
	t.Parallel()
	const ambiguous = "POST /sum HTTP/1.1\r\nHost: legacy.example\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n5\r\n[1,2]\r\n0\r\n\r\n"
	for name, row := range map[string]struct {
		handler http.Handler
		want    int
	}{
		"bare":    {routes(), http.StatusOK},
		"wrapped": {adapter.New(&adapter.Options{Takeover: adapter.Eager}).Wrap(routes()), http.StatusBadRequest},
	} {
		srv := httptest.NewServer(row.handler)
		defer srv.Close()
		conn, err := net.Dial("tcp", srv.Listener.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
		_, err = io.WriteString(conn, "GET /hello/you HTTP/1.1\r\nHost: legacy.example\r\n\r\n"+ambiguous)
		require.NoError(t, err)
		br := bufio.NewReader(conn)
		for _, want := range []int{http.StatusOK, row.want} {
			resp, err := http.ReadResponse(br, nil)
			require.NoError(t, err)
			_, err = io.Copy(io.Discard, resp.Body)
			require.NoError(t, err)
			assert.Equal(t, want, resp.StatusCode, name)
		}
	}
}

var date = regexp.MustCompile(`(?m)^Date: .*\r$`)

// canonical returns the bytes of an answer without the date, its fields in order.
func canonical(raw string) string {
	head, body, _ := strings.Cut(date.ReplaceAllString(raw, "Date: now\r"), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	slices.Sort(lines[1:])
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

// converse sends the requests to h over one connection and returns the answers.
func converse(t *testing.T, h http.Handler) []string {
	t.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	var raw bytes.Buffer
	br := bufio.NewReader(io.TeeReader(conn, &raw))
	var answers []string
	for _, request := range requests {
		_, err := fmt.Fprintf(conn, "%s\r\nHost: legacy.example\r\nContent-Length: %d\r\n\r\n%s", request.head, len(request.body), request.body)
		require.NoError(t, err, request.name)
		method, _, _ := strings.Cut(request.head, " ")
		resp, err := http.ReadResponse(br, &http.Request{Method: method})
		require.NoError(t, err, request.name)
		_, err = io.Copy(io.Discard, resp.Body)
		require.NoError(t, err, request.name)
		answers = append(answers, canonical(raw.String()))
		raw.Reset()
	}
	_, err = br.ReadByte()
	assert.Equal(t, io.EOF, err, "the connection is closed behind the last answer")
	return answers
}

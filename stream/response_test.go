package stream_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBuild(t *testing.T) {
	t.Parallel()
	get := httptest.NewRequest("GET", "/", nil)
	head := httptest.NewRequest("HEAD", "/", nil)
	for _, row := range []struct {
		name    string
		request *http.Request
		stage   func(*stream.Response)
		want    string // without Date, line by line
	}{
		{"nothing", get, func(*stream.Response) {},
			"HTTP/1.1 200 OK|Content-Length: 0||"},
		{"a body", get, func(r *stream.Response) { r.Body = []byte("hello") },
			"HTTP/1.1 200 OK|Content-Type: text/plain; charset=utf-8|Content-Length: 5||hello"},
		{"SetBody", get, func(r *stream.Response) { r.SetBody(201, "application/json", "{}") },
			"HTTP/1.1 201 Created|Content-Type: application/json|Content-Length: 2||{}"},
		{"a status of one's own", get, func(r *stream.Response) { r.Status = 799 },
			"HTTP/1.1 799 status code 799|Content-Length: 0||"},
		{"no sniffing of what is coded", get, func(r *stream.Response) {
			r.Header.Set("Content-Encoding", "gzip")
			r.Body = []byte("\x1f\x8b")
		}, "HTTP/1.1 200 OK|Content-Encoding: gzip|Content-Length: 2||\x1f\x8b"},
		{"nor where the type is switched off", get, func(r *stream.Response) {
			r.Header["Content-Type"] = nil
			r.Body = []byte("x")
		}, "HTTP/1.1 200 OK|Content-Length: 1||x"},
		{"HEAD", head, func(r *stream.Response) { r.Body = []byte("hello") },
			"HTTP/1.1 200 OK|Content-Type: text/plain; charset=utf-8|Content-Length: 5||"},
		{"HEAD with a length announced", head, func(r *stream.Response) { r.Header.Set("Content-Length", "99") },
			"HTTP/1.1 200 OK|Content-Length: 99||"},
		{"204", get, func(r *stream.Response) {
			r.Status, r.Body = 204, []byte("no")
			r.Header.Set("Content-Length", "2")
			r.Header.Set("Transfer-Encoding", "chunked")
		}, "HTTP/1.1 204 No Content||"},
		{"304", get, func(r *stream.Response) {
			r.Status, r.Body = 304, []byte("no")
			r.Header.Set("ETag", `"x"`)
		}, `HTTP/1.1 304 Not Modified|Etag: "x"||`},
		{"a length in other letters", get, func(r *stream.Response) {
			r.Header["content-length"], r.Body = []string{"0"}, []byte("x")
			r.Header["Content-Type"] = nil
		}, "HTTP/1.1 200 OK|Content-Length: 1||x"},
		{"a coding in other letters", get, func(r *stream.Response) {
			r.Header["transfer-Encoding"], r.Body = []string{"chunked"}, []byte("x")
			r.Header["Content-Type"] = nil
		}, "HTTP/1.1 200 OK|Content-Length: 1||x"},
		{"101", get, func(r *stream.Response) {
			r.Status, r.Body = 101, []byte("no")
			r.Header.Set("Upgrade", "websocket")
			r.Header.Set("Connection", "Upgrade")
		}, "HTTP/1.1 101 Switching Protocols|Upgrade: websocket|Connection: Upgrade||"},
		{"103", get, func(r *stream.Response) {
			r.Status = 103
			r.Header.Set("Link", "</a.css>; rel=preload")
		}, "HTTP/1.1 103 Early Hints|Link: </a.css>; rel=preload||"},
		{"event stream", get, func(r *stream.Response) { r.Header.Set("Content-Type", "text/event-stream") },
			"HTTP/1.1 200 OK|Content-Type: text/event-stream||"},
		{"event stream, with parameter and in other case", get, func(r *stream.Response) {
			r.Header.Set("Content-Type", "Text/Event-Stream ; charset=utf-8")
		}, "HTTP/1.1 200 OK|Content-Type: Text/Event-Stream ; charset=utf-8||"},
		{"event stream with a body", get, func(r *stream.Response) { r.SetBody(200, "text/event-stream", "data:1\n\n") },
			"HTTP/1.1 200 OK|Content-Type: text/event-stream|Content-Length: 8||data:1\n\n"},
		{"chunked announced", get, func(r *stream.Response) { r.Header.Set("Transfer-Encoding", "chunked") },
			"HTTP/1.1 200 OK|Transfer-Encoding: chunked||"},
		{"chunked announced, but a body", get, func(r *stream.Response) {
			r.Header.Set("Transfer-Encoding", "chunked")
			r.Header.Set("Content-Type", "a/b")
			r.Body = []byte("x")
		}, "HTTP/1.1 200 OK|Content-Type: a/b|Content-Length: 1||x"},
		{"length announced", get, func(r *stream.Response) { r.Header.Set("Content-Length", "7") },
			"HTTP/1.1 200 OK|Content-Length: 7||"},
		{"wrong length announced", get, func(r *stream.Response) {
			r.Header.Set("Content-Length", "7")
			r.Header.Set("Content-Type", "a/b")
			r.Body = []byte("x")
		}, "HTTP/1.1 200 OK|Content-Type: a/b|Content-Length: 1||x"},
		{"line breaks and NUL in a value", get, func(r *stream.Response) {
			r.Header.Set("X", "a\r\nSet-Cookie: b\x00c\n d")
		}, "HTTP/1.1 200 OK|X: a  Set-Cookie: b c  d|Content-Length: 0||"},
		{"in Content-Type", get, func(r *stream.Response) { r.SetBody(200, "a/b\r\n\r\nX", "x") },
			"HTTP/1.1 200 OK|Content-Type: a/b    X|Content-Length: 1||x"},
		{"in Connection", get, func(r *stream.Response) { r.Header.Set("Connection", "x\r\nY: z") },
			"HTTP/1.1 200 OK|Connection: x  Y: z|Content-Length: 0||"},
		{"in Content-Length", get, func(r *stream.Response) { r.Header.Set("Content-Length", "5\r\nX: y") },
			"HTTP/1.1 200 OK|Content-Length: 0||"},
		// RFC 9110, section 8.6: a length is digits, and there is none in a 1xx.
		{"a length that is no number", get, func(r *stream.Response) { r.Header.Set("Content-Length", "+7") },
			"HTTP/1.1 200 OK|Content-Length: 0||"},
		{"a length that is a list", get, func(r *stream.Response) { r.Header.Set("Content-Length", "7, 7") },
			"HTTP/1.1 200 OK|Content-Length: 0||"},
		{"a length that is no number, event stream", get, func(r *stream.Response) {
			r.Header.Set("Content-Type", "text/event-stream")
			r.Header.Set("Content-Length", "-1")
		}, "HTTP/1.1 200 OK|Content-Type: text/event-stream||"},
		{"103 with a length", get, func(r *stream.Response) {
			r.Status = 103
			r.Header.Set("Content-Length", "7")
			r.Header["transfer-encoding"] = []string{"chunked"}
		}, "HTTP/1.1 103 Early Hints||"},
		// RFC 9112, section 6.2: never both.
		{"length and coding", get, func(r *stream.Response) {
			r.Header.Set("Content-Length", "7")
			r.Header.Set("Transfer-Encoding", "chunked")
		}, "HTTP/1.1 200 OK|Transfer-Encoding: chunked||"},
		{"a coding that is empty", get, func(r *stream.Response) { r.Header["Transfer-Encoding"] = []string{"", "chunked"} },
			"HTTP/1.1 200 OK|Content-Length: 0||"},
		{"names that are no tokens", get, func(r *stream.Response) {
			r.Header["X Y"] = []string{"1"}
			r.Header["X:\r\nZ"] = []string{"1"}
			r.Header[""] = []string{"1"}
			r.Header["Größe"] = []string{"1"}
			r.Header["Ok"] = []string{"1"}
		}, "HTTP/1.1 200 OK|Ok: 1|Content-Length: 0||"},
		{"several values", get, func(r *stream.Response) {
			r.Header.Add("Set-Cookie", "a=1")
			r.Header.Add("Set-Cookie", "b=2")
			r.Header.Add("A", "")
		}, "HTTP/1.1 200 OK|A: |Set-Cookie: a=1|Set-Cookie: b=2|Content-Length: 0||"},
		{"trailers are no fields", get, func(r *stream.Response) { r.Header.Set(http.TrailerPrefix+"Sum", "1") },
			"HTTP/1.1 200 OK|Content-Length: 0||"},
		{"Connection kept", get, func(r *stream.Response) { r.Header.Set("Connection", "close") },
			"HTTP/1.1 200 OK|Connection: close|Content-Length: 0||"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			inContext(t, row.request.Clone(t.Context()), func(_ *stream.Stream, c *stream.Context) {
				c.Response().Header.Set("Date", "today")
				row.stage(c.Response())
				want := strings.Replace(row.want, "||", "|\r\n", 1)
				got := string(c.Response().Build())
				if c.Response().Status != 101 && c.Response().Status != 103 {
					assert.Equal(t, 1, strings.Count(got, "Date: today\r\n"))
				}
				assert.Equal(t, strings.ReplaceAll(want, "|", "\r\n"), strings.Replace(got, "Date: today\r\n", "", 1))
				assert.Equal(t, got, string(c.Response().Build()), "the Response stays as it is")
				c.Response().Status = 200 // the recorder refuses 1xx
			})
		})
	}
}

// Build says what becomes of the connection where the version's default does not.
func TestBuildConnection(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		old    bool // HTTP/1.0
		closes bool // the request says so, or HTTP/1.0 does not say otherwise
		closed bool // the hook says so
		want   string
	}{
		{"HTTP/1.1", false, false, false, ""},
		{"HTTP/1.1, request closes", false, true, false, "close"},
		{"HTTP/1.1, hook closes", false, false, true, "close"},
		{"HTTP/1.0", true, true, false, "close"},
		{"HTTP/1.0 keep-alive", true, false, false, "keep-alive"},
		{"HTTP/1.0 keep-alive, hook closes", true, false, true, "close"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/", nil)
			r.Close = row.closes
			if row.old {
				r.Proto, r.ProtoMinor = "HTTP/1.0", 0
			}
			inContext(t, r, func(s *stream.Stream, c *stream.Context) {
				s.SetClosed(row.closed)
				text := c.Response().Build()
				resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(text)), nil)
				require.NoError(t, err)
				// ReadResponse takes Connection: close away and says Close.
				want := row.want
				assert.Equal(t, want == "close", resp.Close)
				if want != "close" {
					assert.Equal(t, want, resp.Header.Get("Connection"))
				}
				date, err := http.ParseTime(resp.Header.Get("Date"))
				assert.NoError(t, err)
				assert.False(t, date.IsZero())
			})
		})
	}
}

// TestBuildSaysClose: a connection that will be closed is announced so, whatever a hook
// has set (RFC 9112, section 9.6).
func TestBuildSaysClose(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, method, expect, own string
		closes, reads             bool
		want                      string
	}{
		{name: "CONNECT", method: "CONNECT", want: "close"},
		{name: "keep-alive that cannot be had", method: "GET", own: "keep-alive", closes: true, want: "close"},
		{name: "another option", method: "GET", own: "x", closes: true, want: "close"},
		{name: "close among others", method: "GET", own: "x, Close", closes: true, want: "x, Close"},
		{name: "another option, kept", method: "GET", own: "x", want: "x"},
		// RFC 9110, section 10.1.1: who does not read the body says whether it will.
		{name: "body not asked for", method: "POST", expect: "100-continue", want: "close"},
		{name: "body asked for", method: "POST", expect: "100-continue", reads: true},
		{name: "body that comes anyway", method: "POST"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(row.method, "http://a:443/", strings.NewReader("body"))
			r.Close = row.closes
			if row.expect != "" {
				r.Header.Set("Expect", row.expect)
			}
			inContext(t, r, func(_ *stream.Stream, c *stream.Context) {
				if row.own != "" {
					c.Response().Header.Set("Connection", row.own)
				}
				if row.reads {
					_, _ = c.Request().Body.Read(make([]byte, 1))
				}
				_, rest, found := strings.Cut(string(c.Response().Build()), "\r\nConnection: ")
				value, _, _ := strings.Cut(rest, "\r\n")
				assert.Equal(t, row.want != "", found)
				assert.Equal(t, row.want, value)
			})
		})
	}
}

// A Response of nobody's, as a test or a cache may keep one, can be built as well.
func TestBuildZero(t *testing.T) {
	t.Parallel()
	var r stream.Response
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(r.Build())), nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Zero(t, resp.ContentLength)

	r.SetBody(http.StatusNotFound, "text/plain", "gone")
	resp, err = http.ReadResponse(bufio.NewReader(bytes.NewReader(r.Build())), nil)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, http.StatusNotFound, resp.StatusCode)
	assert.Equal(t, "text/plain", resp.Header.Get("Content-Type"))
	assert.Equal(t, "gone", string(body))
}

// What the header map of the writer below holds is staged, too.
func TestResponseHeaderOfWriter(t *testing.T) {
	t.Parallel()
	w := inContext(t, nil, func(_ *stream.Stream, c *stream.Context) {
		c.Response().Header.Set("X-One", "1")
		assert.Contains(t, string(c.Response().Build()), "X-One: 1\r\n")
		c.Response().Header = http.Header{"X-Two": {"2"}}
		c.Response().Status = http.StatusAccepted
	})
	assert.Equal(t, http.StatusAccepted, w.Code)
	assert.Empty(t, w.Header().Get("X-One"), "the whole map was replaced")
	assert.Equal(t, "2", w.Header().Get("X-Two"))
}

package target

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseSimple(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, in string
		path     string
		size     int // 0: not complete; -1: all
		length   int
		close    bool
		bad      bool
	}{
		{name: "whole", in: "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", path: "/a", size: -1},
		{name: "two", in: "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n", path: "/a", size: 19},
		{name: "part of the head", in: "GET /a HTTP/1.1\r\nHost: x\r\n"},
		{name: "body", in: "POST /a HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc", path: "/a", size: -1, length: 3},
		{name: "part of the body", in: "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nab"},
		{name: "close", in: "GET / HTTP/1.1\r\nConnection: Close\r\n\r\n", path: "/", size: -1, close: true},
		{name: "chunked", in: "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", size: -1, bad: true},
		{name: "bad length", in: "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", size: -1, bad: true},
		{name: "no colon", in: "GET / HTTP/1.1\r\nHost\r\n\r\n", size: -1, bad: true},
		{name: "version", in: "GET / HTTP/1.0\r\n\r\n", size: -1, bad: true},
		{name: "endless head", in: "GET /" + strings.Repeat("a", maxHead), bad: true},
	} {
		req, size := parseSimple([]byte(row.in))
		want := row.size
		if want < 0 {
			want = len(row.in)
		}
		assert.Equal(t, want, size, row.name)
		assert.Equal(t, row.path, string(req.path), row.name)
		assert.Equal(t, row.length, req.length, row.name)
		assert.Equal(t, row.close, req.close, row.name)
		assert.Equal(t, row.bad, req.bad, row.name)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	for _, x := range All() {
		found, err := Find(x.Name)
		assert.NoError(t, err)
		assert.Equal(t, x.Name, found.Name)
		assert.NotEqual(t, x.Serve == nil, x.Listen == nil, x.Name)
	}
	_, err := Find("nginx")
	assert.ErrorContains(t, err, `"nginx"`)
}

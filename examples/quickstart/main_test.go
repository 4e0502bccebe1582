package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A client speaks to a running service over one connection.
type client struct {
	t    *testing.T
	base string
	conn net.Conn
	br   *bufio.Reader
}

// dial returns a client of the service on ln.
func dial(t *testing.T, ln net.Listener) *client {
	t.Helper()
	conn, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	return &client{t: t, base: baseURL(ln.Addr()), conn: conn, br: bufio.NewReader(conn)}
}

// start runs the service on a free port until the test ends, when it has to shut down
// in time.
func start(t *testing.T) *client {
	t.Helper()
	ln, err := listen("127.0.0.1:0")
	require.NoError(t, err)
	srv, a := newServer()
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	t.Cleanup(func() {
		assert.NoError(t, shutdown(srv, a))
		assert.Equal(t, http.ErrServerClosed, <-served)
	})
	return dial(t, ln)
}

// ask sends a request, whose header holds a name and a value or nothing, and returns
// the response.
func (c *client) ask(method, path, body string, header ...string) *http.Response {
	c.t.Helper()
	req, err := http.NewRequest(method, c.base+path, strings.NewReader(body))
	require.NoError(c.t, err)
	if len(header) == 2 {
		req.Header.Set(header[0], header[1])
	}
	require.NoError(c.t, req.Write(c.conn))
	resp, err := http.ReadResponse(c.br, req)
	require.NoError(c.t, err)
	c.t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// do is ask with the whole body.
func (c *client) do(method, path, body string, header ...string) (*http.Response, string) {
	c.t.Helper()
	resp := c.ask(method, path, body, header...)
	text, err := io.ReadAll(resp.Body)
	require.NoError(c.t, err)
	return resp, string(text)
}

// TestRoutes asks for everything that has one answer. The connection survives all of
// it: that is what the last column says.
func TestRoutes(t *testing.T) {
	t.Parallel()
	c := start(t)
	first, _ := c.do("GET", "/", "")
	for _, row := range []struct {
		method, path, body string
		header             []string
		status             int
		want               string // in the body
		served             string
	}{
		{"GET", "/page.js", "", nil, 200, "new EventSource", "2"},
		{"GET", "/api/notes", "", nil, 200, `[{"id":1,"text":"This note was here before you."}]`, "3"},
		{"POST", "/api/notes", `{"text":" buy milk "}`, nil, 201, `{"id":2,"text":"buy milk"}`, "4"},
		{"GET", "/api/notes/2", "", nil, 200, "buy milk", "5"},
		{"DELETE", "/api/notes/1", "", nil, 204, "", "6"},
		{"DELETE", "/api/notes/1", "", nil, 404, "no such note", "7"},
		{"GET", "/api/notes/one", "", nil, 404, "no such note", "8"},
		{"POST", "/api/notes", `{"text":" "}`, nil, 422, "1 to 200 bytes", "9"},
		{"POST", "/api/notes", `milk`, nil, 400, "JSON object", "10"},
		{"GET", "/frames", "", nil, 200, "frame 1 of 4\nframe 2 of 4\nframe 3 of 4\nframe 4 of 4\n", "11"},
		{"GET", "/private", "", nil, 401, "needs the token", "12"},
		{"GET", "/private", "", []string{"Authorization", "Bearer " + token}, 200, "Ali Baba", "13"},
		{"GET", "/panic", "", nil, 500, "incident", "14"},
		{"GET", "/frames", "", nil, 200, "frame 4 of 4", "15"},
		{"POST", "/api/notes", `{}`, []string{"Sec-Fetch-Site", "cross-site"}, 403, "cross-origin", "16"},
		{"POST", "/exchanges/none", "", nil, 404, "no such dialogue", "17"},
		{"GET", "/nowhere", "", nil, 404, "not found", "18"},
		{"GET", "/events?count=1", "", nil, 200, `"connection"`, "19"},
	} {
		resp, text := c.do(row.method, row.path, row.body, row.header...)
		name := row.method + " " + row.path
		assert.Equal(t, row.status, resp.StatusCode, name)
		assert.Contains(t, text, row.want, name)
		assert.Equal(t, row.served, resp.Header.Get("X-Served"), name)
		assert.Equal(t, first.Header.Get("X-Connection"), resp.Header.Get("X-Connection"), name)
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	c := start(t)
	resp, page := c.do("GET", "/", "")
	assert.Equal(t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"))
	assert.Contains(t, resp.Header.Get("Content-Security-Policy"), "script-src 'self'")
	assert.Contains(t, page, "Connection "+resp.Header.Get("X-Connection")+", request 1")
	for _, id := range []string{"create", "list", "with-token", "without-token", "frames", "loop", "once", "panic", "events", "echo", "hang-up", "numbers"} {
		assert.Contains(t, page, ` id="`+id+`"`)
	}
	for _, d := range dialogues {
		assert.Contains(t, page, ">"+d.Title+"</button>")
	}
	for _, command := range commands(c.base) {
		assert.Contains(t, page, strings.ReplaceAll(command, "'", "&#39;"))
	}
	assert.NotContains(t, page, "https://", "the page needs nothing from elsewhere")
}

func TestNotebookIsBounded(t *testing.T) {
	t.Parallel()
	c := start(t)
	var last *http.Response
	for range maxNotes {
		last, _ = c.do("POST", "/api/notes", `{"text":"more"}`)
	}
	assert.Equal(t, http.StatusInsufficientStorage, last.StatusCode)
}

// TestCommands runs the commands as they are printed.
func TestCommands(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not there")
	}
	c := start(t)
	for i, want := range []string{
		"before you.",
		"X-Served: 3",
		`data: {"event":5,`,
	} {
		out, err := exec.Command("sh", "-c", commands(c.base)[i]).Output()
		require.NoError(t, err)
		assert.Contains(t, string(out), want)
	}
}

func TestPortIsTaken(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	err = run(context.Background(), ln.Addr().String())
	require.Error(t, err)
	assert.Contains(t, err.Error(), ln.Addr().String()+" is taken")
	assert.ErrorContains(t, run(context.Background(), "nowhere"), "choose another address")
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "http://127.0.0.1:80", baseURL(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}))
	assert.Equal(t, "http://localhost:80", baseURL(&net.TCPAddr{IP: net.IPv6unspecified, Port: 80}))
}

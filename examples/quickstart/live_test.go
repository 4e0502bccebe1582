package main

import (
	"bufio"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listen opens the event stream and returns it behind its first event.
func (c *client) listen() *bufio.Reader {
	c.t.Helper()
	resp := c.ask("GET", "/events", "")
	assert.Equal(c.t, "text/event-stream", resp.Header.Get("Content-Type"))
	br := bufio.NewReader(resp.Body)
	for _, want := range []string{"id: 1\n", `data: {"event":1,`, "\n"} {
		line, err := br.ReadString('\n')
		require.NoError(c.t, err)
		assert.Contains(c.t, line, want)
	}
	return br
}

// TestEventsEndWithClient has the client leave, and waits for the hook to say so. It has
// the log for itself, so it is not parallel.
func TestEventsEndWithClient(t *testing.T) {
	lines, out := io.Pipe()
	log.SetOutput(out)
	defer log.SetOutput(os.Stderr)
	defer time.AfterFunc(10*time.Second, func() { out.Close() }).Stop()
	c := start(t)
	c.listen()
	require.NoError(t, c.conn.Close())
	line, err := bufio.NewReader(lines).ReadString('\n')
	require.NoError(t, err)
	assert.Contains(t, line, "left after event 1\n")
}

// TestShutdownEndsEvents shuts down while a client listens: the stream ends in good
// order, and in time.
func TestShutdownEndsEvents(t *testing.T) {
	t.Parallel()
	ln, err := listen("127.0.0.1:0")
	require.NoError(t, err)
	srv, a := newServer()
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	events := dial(t, ln).listen()
	require.NoError(t, shutdown(srv, a))
	assert.Equal(t, http.ErrServerClosed, <-served)
	_, err = io.Copy(io.Discard, events)
	assert.NoError(t, err, "the stream ends at an event")
}

// TestEventsGoOn comes back with the ID of the last event, on the same connection.
func TestEventsGoOn(t *testing.T) {
	t.Parallel()
	c := start(t)
	for last, want := range map[string]string{
		"":   "id: 1\ndata: {\"event\":1,",
		"41": "id: 42\ndata: {\"event\":42,",
	} {
		_, text := c.do("GET", "/events?count=1", "", "Last-Event-ID", last)
		assert.Contains(t, text, want)
		assert.Equal(t, 1, strings.Count(text, "id: "))
	}
}

// upgrade asks, as a page of origin, to make the client's connection a WebSocket.
func (c *client) upgrade(origin string) (*websocket.Conn, *http.Response, error) {
	dialer := websocket.Dialer{NetDial: func(string, string) (net.Conn, error) { return c.conn, nil }}
	return dialer.Dial("ws"+strings.TrimPrefix(c.base, "http")+"/echo", http.Header{"Origin": {origin}})
}

// open makes the client's connection a WebSocket and reads the greeting.
func (c *client) open() *websocket.Conn {
	c.t.Helper()
	conn, resp, err := c.upgrade(c.base)
	require.NoError(c.t, err)
	var greeting struct {
		Connection uint64
		Served     int64
	}
	require.NoError(c.t, conn.ReadJSON(&greeting))
	assert.Equal(c.t, resp.Header.Get("X-Served"), strconv.FormatInt(greeting.Served, 10))
	assert.Equal(c.t, resp.Header.Get("X-Connection"), strconv.FormatUint(greeting.Connection, 10))
	return conn
}

// TestEcho upgrades a connection that has served other requests.
func TestEcho(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.do("GET", "/api/notes", "")
	c.do("GET", "/frames", "")
	conn := c.open()
	for _, words := range []string{"hello", "", "ünïcödé", strings.Repeat("a", maxEcho)} {
		require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte(words)))
		_, p, err := conn.ReadMessage()
		require.NoError(t, err)
		assert.Equal(t, words, string(p))
	}
	require.NoError(t, conn.WriteMessage(websocket.TextMessage, make([]byte, maxEcho+1)))
	_, _, err := conn.ReadMessage()
	assert.True(t, websocket.IsCloseError(err, websocket.CloseMessageTooBig), "%v", err)
}

// TestEchoRefuses asks for a page, and then from a page of another site.
func TestEchoRefuses(t *testing.T) {
	t.Parallel()
	c := start(t)
	resp, _ := c.do("GET", "/echo", "")
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	_, resp, err := c.upgrade("http://elsewhere.example")
	require.ErrorIs(t, err, websocket.ErrBadHandshake)
	assert.Equal(t, http.StatusForbidden, resp.StatusCode)
}

// TestShutdownClosesEcho shuts down while a WebSocket is open, whose client is told so.
func TestShutdownClosesEcho(t *testing.T) {
	t.Parallel()
	ln, err := listen("127.0.0.1:0")
	require.NoError(t, err)
	srv, a := newServer()
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	conn := dial(t, ln).open()
	read := make(chan error, 1)
	go func() {
		_, _, err := conn.ReadMessage() // which answers the close frame
		read <- err
	}()
	require.NoError(t, shutdown(srv, a))
	assert.Equal(t, http.ErrServerClosed, <-served)
	err = <-read
	assert.True(t, websocket.IsCloseError(err, websocket.CloseGoingAway), "%v", err)
}

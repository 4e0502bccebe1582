package main

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDialogues plays each dialogue of the page; want holds a piece of every answer.
func TestDialogues(t *testing.T) {
	t.Parallel()
	c := start(t)
	want := map[string][]string{
		"mixed": {
			"\r\nd\r\nframe 4 of 4\n\r\n0\r\n\r\n",
			"This note was here before you.",
			"X-Served: 3\r\n",
		},
		"loop": {`"round":1,`, "This note was here before you.", `"round":2,`, `"round":3,`},
		"malformed": {
			"HTTP/1.1 200 OK",
			`{"error":"this request cannot be served","failed":"read header","status":400}`,
		},
		"large": {`{"error":"this request cannot be served","failed":"read body","status":413}`},
	}
	for _, d := range dialogues {
		resp, text := c.do("POST", "/exchanges/"+d.Name, "")
		require.Equal(t, http.StatusOK, resp.StatusCode, d.Name)
		var turns []turn
		require.NoError(t, json.Unmarshal([]byte(text), &turns), d.Name)
		require.Len(t, turns, len(want[d.Name]), d.Name)
		for i, turn := range turns {
			assert.Contains(t, turn.Received, want[d.Name][i], "%s, turn %d", d.Name, i)
			refused := strings.Contains(turn.Received, "cannot be served")
			assert.Equal(t, refused, turn.Closed, "%s, turn %d", d.Name, i)
		}
	}
}

// TestLoopGivesBack has a loop answer its rounds, with other requests in between, and
// then finds the connection in the hands of the service.
func TestLoopGivesBack(t *testing.T) {
	t.Parallel()
	c := start(t)
	for i, row := range []struct{ path, want string }{
		{loopPath, `"round":1,`},
		{"/frames", "frame 4 of 4"},
		{"/api/notes", "before you."},
		{"/private", "needs the token"},
		{"/panic", "incident"},
		{loopPath, `"round":2,`},
		{loopPath, `"round":3,`},
		{"/api/notes", "before you."},
		{loopPath, `"round":1,`},
	} {
		resp, text := c.do("GET", row.path, "")
		assert.Contains(t, text, row.want, "request %d", i)
		assert.Equal(t, string(rune('1'+i)), resp.Header.Get("X-Served"), "request %d", i)
	}
}

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

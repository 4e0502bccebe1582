package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

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

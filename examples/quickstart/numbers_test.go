package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
)

// TestNumbers: an operator sees what the service has been through, from a stream that is
// among it.
func TestNumbers(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, path := range []string{"/", "/private", "/panic"} {
		c.do("GET", path, "")
	}
	resp := c.ask("GET", "/numbers", "")
	require.Equal(t, http.StatusOK, resp.StatusCode)
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	require.NoError(t, err)
	var got adapter.Snapshot
	require.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &got))
	assert.Equal(t, map[string]int64{"2xx": 1, "4xx": 1, "5xx": 1}, got.Statuses)
	assert.Equal(t, [4]int64{1, 1, 1, 1}, [4]int64{got.Panics, got.Active, got.Now.Conns, got.Now.EventStreams})
	assert.NotZero(t, got.BytesOut)
	require.NoError(t, c.conn.Close()) // the stream has no end of its own
}

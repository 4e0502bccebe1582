package compat_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A panicWay is a request in which something panics, and what is left of it.
type panicWay struct {
	sent  string // with %s for the field that names the trips
	trips string
	rest  string // sent behind it, where the connection is kept
	want  string // the answers, and who has given them
	ran   string // the task-panic hooks that run
}

func panicWays() []panicWay {
	get := func(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n%s\r\n" }
	const (
		last    = "GET /plain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
		caught  = "500 by " + inner + ", 200 by nobody, end"
		half    = "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n%s\r\nhal"
		chunked = "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n%s\r\n3\r\nhal\r\n"
		bad     = "GET / HTTP/1.1\r\nbad field\r\n%s\r\n"
		socket  = "GET /ws/true HTTP/1.1\r\nHost: a\r\n%s" + upgradeHead + "\r\n"
	)
	long := "/small/" + strings.Repeat("x", 60)
	ways := []panicWay{
		{half, "body read", "ves" + last, caught, inner},
		{half + "ves", "body read", last, caught, inner},
		{chunked, "body read", "0\r\n\r\n" + last, caught, inner},
		{get("/loop"), "loop", last, caught, inner},
		{get("/loop"), "loop behind a send", "", "200 by nobody, end", inner},
		{"GET /loop HTTP/1.1\r\nHost: a\r\n\r\n" + get("/loop"), "loop", last, "200 by nobody, " + caught, inner},
		{get("/hook"), "inner response hook", last, caught, inner},
		{get("/hook"), "outer response hook", last, caught, inner},
		{get("/events"), "outer response hook", last, caught, inner},
		{socket, "CheckOrigin", last, caught, inner},
		{socket, "outer response hook", last, caught, inner},
		{get(long), "inner error hook", "", "414 by nobody, end", ""},
		{get(long), "outer error hook", "", "414 by nobody, end", ""},
		{"POST /small/ HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n%s\r\nhello world", "inner error hook", "", "413 by nobody, end", ""},
		{bad, "outer error hook", "", "400 by nobody, end", ""},
		{bad, "inner error hook", "", "400 by nobody, end", ""},
	}
	for _, path := range []string{"/plain", "/loop", "/hook", "/events"} {
		for _, way := range []string{" (abort)", " (exit)"} {
			for _, trips := range []string{"outer request hook", "inner request hook", "inner response hook", "outer response hook"} {
				ways = append(ways, panicWay{get(path), trips + way, "", "end", ""})
			}
		}
	}
	return ways
}

const upgradeHead = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

// TestPanicWays: the same as TestPanicPositions, for what reads, loops or refuses, and for the
// ways to end a goroutine that are no panic: the connection ends, or goes on as if nothing had
// happened.
func TestPanicWays(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"OnDemand", "Eager", "Server"} {
		for _, way := range panicWays() {
			for _, number := range []int{1, 50} {
				t.Run(fmt.Sprintf("%s/%.20s/%s/%d", kind, way.sent, way.trips, number), func(t *testing.T) {
					t.Parallel()
					w := &wires{unparsed: way.trips}
					s := w.serve(t, kind)
					other, c := s.Dial(), s.Dial()
					require.Equal(t, "begun", other.Get("/plain").Text)
					for range number - 1 {
						require.Equal(t, "begun", c.Get("/hook").Text)
					}
					c.Send(fmt.Sprintf(way.sent, tripField+": "+way.trips+"\r\n") + way.rest)
					assert.Equal(t, way.want, answersOf(c))
					assert.Equal(t, "begun", other.Get("/plain").Text, "another connection")
					assert.Equal(t, "begun", s.Dial().Get("/hook").Text, "a new connection")
					w.mu.Lock()
					defer w.mu.Unlock()
					assert.Equal(t, way.ran, strings.Join(w.ran, ", "))
				})
			}
		}
	}
}

// answersOf reads until the connection ends and returns the statuses of the answers.
func answersOf(c *streamtest.Client) string {
	var all []string
	for {
		if _, err := c.Reader().Peek(1); err != nil {
			return strings.Join(append(all, "end"), ", ")
		}
		resp, err := c.Next("GET")
		if resp == nil {
			return strings.Join(append(all, fmt.Sprint(err)), ", ")
		}
		by := resp.Header.Get("X-Caught")
		if by == "" {
			by = "nobody"
		}
		all = append(all, fmt.Sprint(resp.StatusCode, " by ", by))
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strconv"
	"time"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
)

// events is a stream of server-sent events: one a second until the client leaves, the
// service shuts down, or as many were sent as the client wanted (?count=5). A client that
// comes back goes on where it was. A slow one holds nobody up: of ticks only the latest
// counts.
func events(s *stream.Stream, c *stream.Context) hooks.Status {
	count, _ := strconv.Atoi(c.Query("count")) // 0 is no bound
	x, err := sse.Open(s, c, &sse.Options{Policy: sse.KeepLatest})
	if err != nil {
		return hooks.Reject
	}
	defer x.Close()
	seen, _ := strconv.Atoi(x.LastEventID())
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := seen + 1; ; n++ {
		data := fmt.Sprintf(`{"event":%d,"connection":%d,"served":%d,"queued":%d}`, n, s.ID(), s.Served(), x.Queued())
		err := x.Send(sse.Event{ID: strconv.Itoa(n), Data: data}) // fails when the session is over, and so is its context
		if err == nil && n-seen == count {
			return hooks.Continue
		}
		select {
		case <-x.Context().Done():
			if !errors.Is(context.Cause(x.Context()), stream.ErrClosed) { // which it is when the service shuts down
				log.Printf("quickstart: the client on connection %d left after event %d", s.ID(), n)
			}
			return hooks.Continue
		case <-tick.C:
		}
	}
}

// maxEcho bounds a WebSocket message, in bytes.
const maxEcho = 4 << 10

// newEcho returns a WebSocket endpoint that says which connection it has, and then sends
// every message back.
func newEcho() hooks.ServerHook {
	greet := func(c *ws.Conn) error {
		return c.WriteJSON(map[string]any{"connection": c.Stream().ID(), "served": c.Stream().Served()})
	}
	echo := func(c *ws.Conn, messageType int, p []byte) error {
		return c.WriteMessage(messageType, p)
	}
	return ws.Hook(echo, &ws.Options{ReadLimit: maxEcho, Connected: greet})
}

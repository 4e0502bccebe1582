package ws_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A panicSeer notes the panics that an Observer is told of.
type panicSeer struct {
	stream.NopObserver
	values chan any
}

func (p panicSeer) Panicked(_ stream.RequestInfo, err *stream.PanicError) { p.values <- err.Value }

// TestPanicOfClosed: a Closed that panics when a message hook has, left the WebSocket with
// its owner for ever, so that no Shutdown came to an end; of a detached one it ended the
// process.
func TestPanicOfClosed(t *testing.T) {
	for _, detach := range []bool{false, true} {
		for _, v := range []any{"closed", http.ErrAbortHandler} {
			for _, c := range carriers() {
				t.Run(fmt.Sprint(c.name, " detached ", detach, " ", v), func(t *testing.T) {
					t.Parallel()
					seer := panicSeer{values: make(chan any, 10)}
					s := c.serve(t, ws.Hook(func(*ws.Conn, int, []byte) error { panic("message") }, &ws.Options{
						Detach: detach, Closed: func(*ws.Conn, error) { panic(v) },
					}), adapter.Options{Observer: seer})
					p := dial(t, s, "", "")
					p.send(text("a")).closes(1011)
					ctx, cancel := context.WithTimeout(context.Background(), time.Minute/4)
					defer cancel()
					require.NoError(t, s.stop(ctx))
					assert.Contains(t, s.log.String(), "message")
					var seen []any
					for len(seer.values) > 0 {
						seen = append(seen, <-seer.values)
					}
					switch {
					case c.bare: // there is no Observer
					case v == http.ErrAbortHandler:
						assert.Equal(t, []any{"message"}, seen)
					default:
						assert.ElementsMatch(t, []any{"message", "closed"}, seen)
					}
				})
			}
		}
	}
}

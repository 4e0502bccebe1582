package adapter_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestStreamEndReason: an Observer is told for which reason a stream must not go on.
func TestStreamEndReason(t *testing.T) {
	type ends struct {
		lifetime   time.Duration
		revalidate error
		tagged     bool
	}
	for reason, by := range map[error]ends{
		stream.ErrExpired: {lifetime: time.Minute},
		errRevoked:        {revalidate: errRevoked},
		errLoggedOut:      {tagged: true},
	} {
		for _, path := range []string{"/events", "/ws", "/detached"} {
			t.Run(strings.ReplaceAll(reason.Error(), " ", "_")+path, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					seen := newLedger()
					a := adapter.New(&adapter.Options{Observer: seen})
					mux := http.NewServeMux()
					events := &sse.Options{Lifetime: by.lifetime, ReturnWithin: -1}
					sockets := &ws.Options{Lifetime: by.lifetime, Detach: path == "/detached"}
					if by.revalidate != nil {
						events.Revalidate = func(*sse.Session) error { return by.revalidate }
						sockets.Revalidate = func(*ws.Conn) error { return by.revalidate }
					}
					mux.Handle("/events", adapter.Handler(sse.Hook(func(x *sse.Session) error {
						<-x.Context().Done()
						return nil
					}, events)))
					mux.Handle("/", adapter.Handler(ws.Hook(func(*ws.Conn, int, []byte) error { return nil }, sockets)))
					tag := hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
						adapter.Tag(c, "tag")
						return hooks.Continue
					})
					srv := &http.Server{}
					s := serveOver(t, a.Wrap(middleware.Request(tag)(mux)), srv, &streamtest.Options{Patience: time.Hour})
					c := s.Dial().Send(upgradeTo(path))
					if path != "/events" {
						c.Want("GET")
					}
					synctest.Wait()
					if by.tagged {
						assert.Equal(t, 1, a.CloseTagged("tag", reason))
					}
					if path == "/events" {
						c.Want("GET")
					} else {
						for f := c.WantFrame(); f.Opcode != ws.CloseMessage; f = c.WantFrame() {
							c.SendFrame(streamtest.Frame{Final: true, Opcode: ws.PongMessage, Payload: f.Payload})
						}
					}
					c.Close()
					_, _ = io.Copy(io.Discard, c.Reader())
					require.NoError(t, a.Shutdown(t.Context()))
					seen.settled(t)
					require.Len(t, seen.over, 1)
					assert.ErrorIs(t, seen.over[0].Err, reason)
				})
			})
		}
	}
}

package ws_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryCarrier: the first request or a later one of a connection becomes a WebSocket,
// behind any middleware, attached or not, and ends in order.
func TestEveryCarrier(t *testing.T) {
	t.Parallel()
	for around, wrap := range arounds() {
		for _, c := range carriers() {
			for _, detach := range []bool{false, true} {
				for _, before := range []int{0, 1, 100} {
					c.around = wrap
					name := fmt.Sprint(c.name, "/", around, "/detach ", detach, "/after ", before)
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						s := c.serve(t, ws.Hook(echo, &ws.Options{Detach: detach}), adapter.Options{})
						p := connect(t, s)
						for range before {
							p.get()
						}
						resp := p.send(upgrade("/ws", "")).switched()
						assert.Equal(t, http.Header{
							"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Accept": resp.Header["Sec-Websocket-Accept"],
						}, resp.Header)
						for range 3 {
							require.Equal(t, seen{0x81, "hello"}, p.send(text("hello")).want())
						}
						require.Equal(t, seen{0x8a, "x"}, p.send(masked(0x89, "x")).want())
						p.send(bye(1000, "")).closes(1000)
						assert.Empty(t, s.log.String())
					})
				}
			}
		}
	}
}

// TestEarlyFrames: what a client sends right behind its handshake, in the same segment, is
// the first that is read.
func TestEarlyFrames(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		for _, detach := range []bool{false, true} {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				s := c.serve(t, ws.Hook(echo, &ws.Options{Detach: detach}), adapter.Options{})
				p := dial(t, s, "", text("one")+text("two")+masked(0x01, "thr"))
				assert.Equal(t, seen{0x81, "one"}, p.want())
				assert.Equal(t, seen{0x81, "two"}, p.want())
				assert.Equal(t, seen{0x81, "three"}, p.send(masked(0x80, "ee")).want())
				p.send(bye(1000, "")).closes(1000)
			})
		}
	}
}

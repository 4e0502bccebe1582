package ws_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	chimw "github.com/go-chi/chi/v5/middleware"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type userKey struct{}

var user = stream.NewKey[string]("user")

// TestDetached: the handlers around the hook return when the handshake is done; what they
// had put into the request's context is gone, and what the hook has kept is there.
func TestDetached(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		for _, second := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, "/second ", second), func(t *testing.T) {
				t.Parallel()
				c, returned := c, make(chan struct{})
				c.around = func(next http.Handler) http.Handler {
					within := chimw.Throttle(1)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						ctx, cancel := context.WithCancel(context.WithValue(r.Context(), userKey{}, "Ada"))
						defer cancel()
						next.ServeHTTP(w, r.WithContext(ctx))
					}))
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						within.ServeHTTP(w, r)
						if r.URL.Path == "/ws/attic" {
							close(returned)
						}
					})
				}
				before, after, last := make(chan context.Context, 1), make(chan context.Context, 2), make(chan error, 1)
				s := c.serve(t, ws.Hook(func(conn *ws.Conn, messageType int, _ []byte) error {
					<-returned
					r := conn.Context().Request()
					name, _ := user.Get(conn.Context())
					assert.Nil(t, r.Context().Value(userKey{}))
					assert.NotNil(t, r.Context().Value(http.ServerContextKey))
					assert.NoError(t, r.Context().Err())
					assert.NoError(t, conn.Stream().Context().Err())
					after <- r.Context()
					after <- conn.Stream().Context()
					return conn.WriteMessage(messageType, []byte(name+" in "+conn.Context().Param("room")+" with "+r.Header.Get("X-Hat")))
				}, &ws.Options{
					Detach: true,
					Connected: func(conn *ws.Conn) error {
						ctx := conn.Context().Request().Context()
						user.Set(conn.Context(), ctx.Value(userKey{}).(string))
						before <- ctx
						return nil
					},
					Closed: func(_ *ws.Conn, err error) { last <- err },
				}), adapter.Options{})
				p := connect(t, s)
				if second {
					p.get()
				}
				p.send(upgrade("/ws/attic", "X-Hat: no\r\n")).switched()
				receive(t, returned, "the handlers' return")
				connect(t, s).get() // Throttle has its only token back
				assert.Equal(t, seen{0x81, "Ada in attic with no"}, p.send(text("who")).want())
				assert.Error(t, receive(t, before, "Connected").Err(), "it was the middleware's")
				_ = p.conn.Close()
				assert.Error(t, receive(t, last, "Closed"))
				for range 2 {
					receive(t, receive(t, after, "the hook").Done(), "the end of the context")
				}
			})
		}
	}
}

// TestRests: a WebSocket that is idle changes its goroutine after about a second, and
// whatever comes at that moment is not lost.
func TestRests(t *testing.T) {
	t.Parallel()
	s := serve(t, ws.Hook(echo, &ws.Options{Detach: true}))
	start := time.Now()
	var all sync.WaitGroup
	for i := range 40 {
		p := dial(t, s, "", "")
		all.Go(func() {
			for n := range 3 { // around the sweeps that interrupt the wait
				pause := 990*time.Millisecond + time.Duration(i)*7*time.Millisecond
				_ = p.conn.SetDeadline(time.Now().Add(pause))
				_, err := p.read()
				assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
				_ = p.conn.SetDeadline(time.Now().Add(patience))
				want := fmt.Sprint(i, " ", n)
				if _, err := p.conn.Write([]byte(text(want))); !assert.NoError(t, err) {
					return
				}
				f, err := p.read()
				assert.NoError(t, err)
				assert.Equal(t, seen{0x81, want}, f)
			}
		})
	}
	all.Wait()
	require.Greater(t, time.Since(start), 2*time.Second)
}

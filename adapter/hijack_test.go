package adapter_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/middleware"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHandlerHijacks: a handler may take the connection for itself, with what the
// client has sent ahead, and nobody else reads from it then.
func TestHandlerHijacks(t *testing.T) {
	layers := map[string]func(http.Handler) http.Handler{
		"bare":    func(h http.Handler) http.Handler { return h },
		"layered": func(h http.Handler) http.Handler { return middleware.TaskPanic(pass)(middleware.Response(pass)(h)) },
	}
	for _, m := range mounts() {
		for layer, around := range layers {
			for _, second := range []bool{false, true} {
				for _, asks := range []string{"never", "before", "after"} {
					t.Run(fmt.Sprint(m.name, "/", layer, "/second ", second, "/asks ", asks), func(t *testing.T) {
						t.Parallel()
						done := make(chan error, 1)
						h := around(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
							if asks == "before" {
								_ = r.Context().Done()
							}
							conn, rw, err := http.NewResponseController(w).Hijack()
							if err != nil {
								done <- err
								return
							}
							defer func() { _ = conn.Close() }()
							if asks != "never" {
								select {
								case <-r.Context().Done():
								case <-time.After(50 * time.Millisecond): // any watch is on by now
								}
							}
							_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\n\r\n")
							_ = rw.Flush()
							for range 3 {
								line, err := rw.ReadString('\n')
								if err != nil {
									done <- fmt.Errorf("after %q: %w", line, err)
									return
								}
								_, _ = rw.WriteString("echo " + line)
								_ = rw.Flush()
							}
							_, _, err = http.NewResponseController(w).Hijack()
							if err == nil {
								done <- fmt.Errorf("hijacked twice")
								return
							}
							done <- nil
						}))
						mux := http.NewServeMux()
						mux.Handle("/hijack", h)
						mux.HandleFunc("/legacy", text("legacy"))
						p := serve(t, m.wrap(t, mux), nil).Dial()
						if second {
							p.Get("/legacy")
						}
						p.Send("GET /hijack HTTP/1.1\r\nHost: a\r\n\r\none\ntwo\n")
						assert.Equal(t, 101, p.Want("GET").StatusCode)
						p.Send("three\n")
						for _, want := range []string{"one", "two", "three"} {
							p.WantBytes("echo " + want + "\n")
						}
						require.NoError(t, receive(t, done, "the handler"))
						p.WantEnd()
					})
				}
			}
		}
	}
}

// TestWebSocketUpgrade runs gorilla's Upgrader in a handler that waits for its request's
// context, and shuts down meanwhile.
func TestWebSocketUpgrade(t *testing.T) {
	for _, m := range mounts() {
		for _, second := range []bool{false, true} {
			t.Run(fmt.Sprint(m.name, " second ", second), func(t *testing.T) {
				t.Parallel()
				over := make(chan error, 1)
				mux := http.NewServeMux()
				mux.HandleFunc("/legacy", text("legacy"))
				mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
					conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
					if err != nil {
						over <- err
						return
					}
					defer func() { _ = conn.Close() }()
					select {
					case <-r.Context().Done():
					case <-time.After(50 * time.Millisecond): // any watch is on by now
					}
					for {
						kind, p, err := conn.ReadMessage()
						if err != nil {
							over <- nil
							return
						}
						_ = conn.WriteMessage(kind, p)
					}
				})
				a := adapt(t, &adapter.Options{Takeover: m.mode})
				var root http.Handler = mux
				if !m.bare {
					root = a.Wrap(mux)
				}
				s := serve(t, root, nil)
				p := s.Dial()
				if second {
					p.Get("/legacy")
				}
				dialer := websocket.Dialer{NetDial: func(string, string) (net.Conn, error) { return bufferedConn{p.Conn(), p.Reader()}, nil }}
				ws, _, err := dialer.Dial("ws://"+s.Addr().String()+"/ws", nil)
				require.NoError(t, err)
				require.NoError(t, ws.SetReadDeadline(time.Now().Add(patience)))
				echo := func(what string) {
					require.NoError(t, ws.WriteMessage(websocket.TextMessage, []byte(what)))
					_, p, err := ws.ReadMessage()
					require.NoError(t, err)
					require.Equal(t, what, string(p))
				}
				echo("hello")
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				require.NoError(t, a.Shutdown(ctx), "Shutdown waits for a connection that was given away")
				require.NoError(t, s.Shutdown(ctx))
				echo("still here")
				require.NoError(t, ws.Close())
				require.NoError(t, receive(t, over, "the handler"))
			})
		}
	}
}

type bufferedConn struct {
	net.Conn
	br *bufio.Reader
}

func (c bufferedConn) Read(p []byte) (int, error) { return c.br.Read(p) }

var _ io.Reader = bufferedConn{}

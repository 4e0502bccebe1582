package adapter_test

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFirstSendRacesWithTheEnd: the first send of a request comes from a goroutine
// while its hook returns. Whoever wins, each request gets one answer, and the
// connection is neither lost nor used twice.
func TestFirstSendRacesWithTheEnd(t *testing.T) {
	shapes := map[string]func(s *stream.Stream, c *stream.Context){
		"nothing opened":  func(*stream.Stream, *stream.Context) {},
		"opened, unsent":  func(s *stream.Stream, _ *stream.Context) { _, _ = s.NetConn() },
		"context watched": func(s *stream.Stream, c *stream.Context) { go func() { <-c.Request().Context().Done() }() },
	}
	for shape, before := range shapes {
		for _, layered := range []bool{false, true} {
			for _, m := range mounts() {
				t.Run(fmt.Sprint(m.name, "/", shape, "/layered ", layered), func(t *testing.T) {
					t.Parallel()
					var senders sync.WaitGroup
					h := adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
						id := c.Query("id")
						before(s, c)
						p := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(id), id)
						start := make(chan struct{})
						senders.Go(func() {
							close(start)
							for range 3 {
								if err := s.TrySend(p); err != nil {
									return
								}
							}
						})
						<-start
						c.Response().Body = []byte(id)
						return hooks.Continue
					}))
					if layered {
						h = middleware.Response(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status { return hooks.Continue }))(h)
					}
					mux := http.NewServeMux()
					mux.Handle("/", h)
					s := serve(t, m.wrap(t, mux), nil)
					for conn := range 30 {
						p := s.Dial()
						for i := range 5 {
							id := fmt.Sprintf("%d-%d", conn, i)
							got, err := p.Send("GET /?id=" + id + " HTTP/1.1\r\nHost: a\r\n\r\n").Next("GET")
							if err != nil {
								require.ErrorIs(t, err, io.ErrUnexpectedEOF, "a connection may end, but not hang")
								break
							}
							require.Equal(t, id, got.Text)
							if got.Close {
								break
							}
						}
						p.Close()
					}
					senders.Wait()
				})
			}
		}
	}
}

// TestLateBodyRead: a goroutine that outlives its exchange gets an error from the
// request body, never a byte of another request or connection.
func TestLateBodyRead(t *testing.T) {
	for _, m := range mounts() {
		for _, second := range []bool{false, true} {
			for _, reading := range []bool{false, true} {
				for _, head := range []string{"Content-Length: 1000000", "Transfer-Encoding: chunked", "Content-Length: 100\r\nConnection: close"} {
					t.Run(fmt.Sprint(m.name, " second ", second, " reading ", reading, " ", head[:20]), func(t *testing.T) {
						t.Parallel()
						over, result := make(chan struct{}), make(chan string, 1)
						mux := http.NewServeMux()
						mux.HandleFunc("/legacy", text("legacy"))
						mux.Handle("/post", adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
							body := c.Request().Body
							begun := make(chan struct{})
							go func() {
								close(begun)
								if !reading {
									<-over
								}
								p, err := io.ReadAll(body)
								result <- fmt.Sprint(len(p) == 0, err != nil)
							}()
							<-begun
							c.Response().Header.Set("Connection", "close")
							c.Response().Body = []byte("posted")
							return hooks.Continue
						})))
						s := serve(t, m.wrap(t, mux), nil)
						p := s.Dial()
						if second {
							p.Get("/legacy")
						}
						p.Send("POST /post HTTP/1.1\r\nHost: a\r\n" + head + "\r\n\r\n")
						got, err := p.Next("POST")
						require.NoError(t, err)
						assert.Equal(t, "posted", got.Text)
						p.Close()
						other := s.Dial() // takes buffers from the pools
						for range 10 {
							require.Equal(t, "legacy", other.Get("/legacy").Text)
						}
						close(over)
						assert.Equal(t, "true true", receive(t, result, "the late read"))
						require.Equal(t, "legacy", other.Get("/legacy").Text)
					})
				}
			}
		}
	}
}

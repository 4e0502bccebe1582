package adapter_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// leaving are the ways in which a client leaves.
var leaving = map[string]func(*streamtest.Client){
	"FIN":        (*streamtest.Client).Close,
	"RST":        (*streamtest.Client).Reset,
	"half close": func(p *streamtest.Client) { p.CloseWrite() },
}

// waits are the ways to wait for the end of a request's context.
var waits = map[string]func(ctx context.Context, s *stream.Stream) <-chan struct{}{
	"Done":   func(ctx context.Context, _ *stream.Stream) <-chan struct{} { return ctx.Done() },
	"Stream": func(_ context.Context, s *stream.Stream) <-chan struct{} { return s.Context().Done() },
	"child": func(ctx context.Context, _ *stream.Stream) <-chan struct{} {
		ctx, cancel := context.WithCancel(ctx)
		context.AfterFunc(ctx, cancel)
		return ctx.Done()
	},
	"AfterFunc": func(ctx context.Context, _ *stream.Stream) <-chan struct{} {
		ch := make(chan struct{})
		context.AfterFunc(ctx, func() { close(ch) })
		return ch
	},
}

// TestContextEndsWithTheClient: not before, and soon after, with or without a head sent.
func TestContextEndsWithTheClient(t *testing.T) {
	for _, m := range mounts() {
		for how, leave := range leaving {
			for what, wait := range waits {
				for _, sent := range []bool{false, true} {
					for _, second := range []bool{false, true} {
						if second && m.name != "Eager" && !sent {
							continue // nothing is taken over yet: that is request 1 again
						}
						t.Run(fmt.Sprint(m.name, "/", how, "/", what, "/sent ", sent, "/second ", second), func(t *testing.T) {
							t.Parallel()
							begun, ended := make(chan error, 1), make(chan error, 1)
							mux := http.NewServeMux()
							mux.Handle("/", adapter.Handler(hook(answers["sent"])))
							mux.Handle("/wait", adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
								ctx := c.Request().Context()
								done := wait(ctx, s)
								if sent {
									must("head", s.Send([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")), nil)
								}
								select {
								case <-done:
									begun <- fmt.Errorf("ended before the client left: %w", ctx.Err())
									return hooks.Reject
								case <-time.After(50 * time.Millisecond): // the watch is on by now
								}
								begun <- nil
								select {
								case <-done:
									ended <- ctx.Err()
								case <-time.After(patience):
									ended <- nil
								}
								return hooks.Reject
							})))
							p := serve(t, m.wrap(t, mux), nil).Dial()
							if second {
								p.Get("/")
							}
							p.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
							require.NoError(t, receive(t, begun, "the hook"))
							leave(p)
							assert.ErrorIs(t, receive(t, ended, "the context's end"), context.Canceled)
						})
					}
				}
			}
		}
	}
}

// TestPipelinedRequestKeepsItsBytes: the watch of a request reads ahead, and what it
// has read is the next request.
func TestPipelinedRequestKeepsItsBytes(t *testing.T) {
	for _, m := range mounts() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			begun, goOn := make(chan struct{}, 10), make(chan struct{})
			mux := http.NewServeMux()
			mux.HandleFunc("/legacy", text("legacy"))
			mux.Handle("/wait", adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
				done := c.Request().Context().Done()
				begun <- struct{}{}
				select {
				case <-done:
				case <-goOn:
				}
				must("context", c.Request().Context().Err(), nil)
				return answers["sent"](s, c)
			})))
			p := serve(t, m.wrap(t, mux), nil).Dial()
			for range 3 {
				p.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
				receive(t, begun, "the hook")
				p.Send("GET /leg")
				<-time.After(30 * time.Millisecond) // the watch has taken it by then
				p.Send("acy HTTP/1.1\r\nHost: a\r\n\r\nGET /legacy HTTP/1.1\r\nHost: a\r\n\r\n")
				goOn <- struct{}{}
				require.Equal(t, "posted", p.Want("GET").Text)
				require.Equal(t, "legacy", p.Want("GET").Text)
				require.Equal(t, "legacy", p.Want("GET").Text)
			}
		})
	}
}

// TestHalfCloseBehindPipelinedRequests: each of them learns that the client has left.
func TestHalfCloseBehindPipelinedRequests(t *testing.T) {
	for _, m := range mounts() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			ended := make(chan error, 3)
			mux := http.NewServeMux()
			mux.Handle("/", adapter.Handler(hook(answers["sent"])))
			mux.Handle("/wait", adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
				select {
				case <-c.Request().Context().Done():
				case <-time.After(patience):
				}
				ended <- c.Request().Context().Err()
				return answers["sent"](s, c)
			})))
			p := serve(t, m.wrap(t, mux), nil).Dial()
			p.Get("/")
			const wait = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"
			p.Send(wait + wait)
			p.CloseWrite()
			for range 2 {
				if m.name == "Never" && len(ended) == 0 {
					continue // net/http need not serve the second
				}
				assert.ErrorIs(t, receive(t, ended, "the context's end"), context.Canceled)
			}
		})
	}
}

// TestRetainedRequest: the context of a request has ended when its exchange has.
func TestRetainedRequest(t *testing.T) {
	for _, m := range mounts() {
		for _, asked := range []bool{false, true} {
			t.Run(fmt.Sprint(m.name, " asked ", asked), func(t *testing.T) {
				t.Parallel()
				kept := make(chan *http.Request, 1)
				mux := http.NewServeMux()
				mux.HandleFunc("/legacy", text("legacy"))
				mux.Handle("/keep", adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
					if asked {
						_ = c.Request().Context().Done()
					}
					kept <- c.Request()
					return answers["sent"](s, c)
				})))
				p := serve(t, m.wrap(t, mux), nil).Dial()
				for range 3 {
					p.Get("/keep")
					r := receive(t, kept, "the request")
					p.Get("/legacy")
					assert.ErrorIs(t, r.Context().Err(), context.Canceled)
					receive(t, r.Context().Done(), "Done")
					assert.ErrorIs(t, context.Cause(r.Context()), context.Canceled)
				}
			})
		}
	}
}

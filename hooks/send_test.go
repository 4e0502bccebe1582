package hooks_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// decorators are those that send, alone and nested.
var decorators = map[string]func(...hooks.ServerHook) hooks.ServerHook{
	"Send":    hooks.Send,
	"TrySend": hooks.TrySend,
	"Flush": func(h ...hooks.ServerHook) hooks.ServerHook {
		return hooks.Flush(hooks.Send(h...))
	},
	"TryFlush": func(h ...hooks.ServerHook) hooks.ServerHook {
		return hooks.TryFlush(hooks.TrySend(h...))
	},
	"steps": func(h ...hooks.ServerHook) hooks.ServerHook {
		return hooks.Chain{hooks.Chain(h), hooks.TrySend(), hooks.Flush(), hooks.TryFlush()}
	},
}

func onDecorators(t *testing.T, test func(t *testing.T, decorate func(...hooks.ServerHook) hooks.ServerHook)) {
	for name, decorate := range decorators {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, decorate)
		})
	}
}

// What is staged after the decorator comes too late: the response was sent.
func TestSend(t *testing.T) {
	t.Parallel()
	onDecorators(t, func(t *testing.T, decorate func(...hooks.ServerHook) hooks.ServerHook) {
		hook := hooks.Chain{
			decorate(hooks.SetStatus(http.StatusCreated), hooks.SetHeader("X-Made", "yes"), hooks.SetBody([]byte("made"))),
			hooks.SetBody([]byte("too late")),
		}
		onCarriers(t, hook, func(t *testing.T, _ carrier, cl client) {
			for range 3 {
				got := cl.do(t, request{})
				assert.Equal(t, http.StatusCreated, got.status)
				assert.Equal(t, "yes", got.header.Get("X-Made"))
				assert.Equal(t, "made", got.body)
			}
		})
	})
}

// A rejected exchange is not sent by the decorator, but at its end.
func TestSendRejected(t *testing.T) {
	t.Parallel()
	for name, verdict := range map[string]hooks.Status{"reject": hooks.Reject, "undecided": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onDecorators(t, func(t *testing.T, decorate func(...hooks.ServerHook) hooks.ServerHook) {
				decorated := decorate(hooks.SetStatus(http.StatusUnauthorized), constant(verdict), hooks.SetStatus(500))
				hook := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
					got := decorated.Handle(s, c)
					assert.Equal(t, hooks.Reject, got)
					assert.False(t, c.Exchange().Answered())
					assert.False(t, s.Closed())
					return got
				})
				onCarriers(t, hook, func(t *testing.T, _ carrier, cl client) {
					for range 2 {
						assert.Equal(t, http.StatusUnauthorized, cl.do(t, request{}).status)
					}
				})
			})
		})
	}
}

func constant(verdict hooks.Status) hooks.ServerHook {
	return hooks.HookFunc(func(*stream.Stream, *stream.Context) hooks.Status { return verdict })
}

// A response that a hook has sent itself, and one of an http.Handler, is left alone.
func TestSendAnswered(t *testing.T) {
	t.Parallel()
	itself := map[string]hooks.ServerHook{
		"sends": hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Header.Set("Content-Type", "text/event-stream")
			assert.NoError(t, s.Send(c.Response().Build()))
			assert.NoError(t, s.Send([]byte("data: 1\n\n")))
			return hooks.Continue
		}),
		"handler": adapter.Hook(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Write([]byte("data: 1\n\n"))
		})),
	}
	for name, own := range itself {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onDecorators(t, func(t *testing.T, decorate func(...hooks.ServerHook) hooks.ServerHook) {
				onCarriers(t, decorate(own), func(t *testing.T, _ carrier, cl client) {
					assert.Equal(t, "data: 1\n\n", cl.do(t, request{}).body)
				})
			})
		})
	}
}

// When sending fails, the stream is closed, the exchange rejected, and what is staged
// is still the answer.
func TestSendFails(t *testing.T) {
	t.Parallel()
	onDecorators(t, func(t *testing.T, decorate func(...hooks.ServerHook) hooks.ServerHook) {
		closes := hooks.HookFunc(func(s *stream.Stream, _ *stream.Context) hooks.Status {
			s.SetClosed(true)
			return hooks.Continue
		})
		decorated := decorate(hooks.SetBody([]byte("staged")), closes)
		hook := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
			got := decorated.Handle(s, c)
			assert.Equal(t, hooks.Reject, got)
			assert.True(t, s.Closed())
			return got
		})
		onCarriers(t, hook, func(t *testing.T, _ carrier, cl client) {
			assert.Equal(t, "staged", cl.do(t, request{}).body)
			cl.closed()
		})
	})
}

// A response that the queue cannot take is refused as a whole by TrySend; Send waits.
func TestTrySendBufferFull(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("x", 1<<16)
	for name, row := range map[string]struct {
		hook hooks.ServerHook
		want hooks.Status
	}{
		"TrySend": {hooks.TrySend(hooks.SetBody([]byte(body))), hooks.Reject},
		"Send":    {hooks.Send(hooks.SetBody([]byte(body))), hooks.Continue},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hook := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
				got := row.hook.Handle(s, c)
				assert.Equal(t, row.want, got)
				assert.Equal(t, row.want == hooks.Reject, s.Closed())
				return got
			})
			for _, takeover := range []adapter.Takeover{adapter.OnDemand, adapter.Eager, adapter.Never} {
				opts := &adapter.Options{Takeover: takeover, QueueSize: 1024}
				cl := carrier{wrap: adapter.New(opts).Wrap, http1: true}.open(t, hook)
				assert.Equal(t, body, cl.do(t, request{}).body)
				if row.want == hooks.Reject {
					cl.closed()
				}
			}
		})
	}
}

func TestSendPanics(t *testing.T) {
	t.Parallel()
	for name, decorate := range map[string]func(...hooks.ServerHook) hooks.ServerHook{
		"Send": hooks.Send, "TrySend": hooks.TrySend, "Flush": hooks.Flush, "TryFlush": hooks.TryFlush, "Close": hooks.Close,
	} {
		testPanics(t, "hooks."+name+": hook is nil", map[string]func(){
			name + " nil":      func() { decorate(nil) },
			name + " one":      func() { decorate(pass, nil) },
			name + " function": func() { decorate(hooks.HookFunc(nil)) },
		})
	}
}

// The hooks are copied: a slice that changes later changes nothing.
func TestSendCopies(t *testing.T) {
	t.Parallel()
	list := []hooks.ServerHook{hooks.SetBody([]byte("first"))}
	hook := hooks.Close(hooks.Send(list...))
	list[0] = hooks.SetBody([]byte("second"))
	onCarriers(t, hook, func(t *testing.T, _ carrier, cl client) {
		assert.Equal(t, "first", cl.do(t, request{}).body)
	})
}

package sse_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// TestResponseHooks: they run once, before the first event, and find what is staged, by
// middleware and by the hook itself.
func TestResponseHooks(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		var ran atomic.Int64
		around := ca.around
		ca.around = func(next http.Handler) http.Handler {
			next = middleware.Response(hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
				ran.Add(1)
				assert.Equal(t, "text/event-stream", c.Response().Header.Get("Content-Type"))
				c.Response().Header.Set("X-Hook", "ran")
				return hooks.Continue
			}))(next)
			if around != nil {
				next = around(next)
			}
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "*")
				next.ServeHTTP(w, r)
			})
		}
		s, stop := ca.serve(t, hooks.Chain{hooks.SetHeader("Cache-Control", "private"), sse.Hook(script, nil)}, nil, adapter.Options{})
		defer stop()
		l := s.get()
		data, _ := l.rest()
		assert.Len(t, data, len(scripted))
		assert.EqualValues(t, 1, ran.Load())
		assert.Equal(t, "ran", l.Header.Get("X-Hook"))
		assert.Equal(t, "*", l.Header.Get("Access-Control-Allow-Origin"))
		assert.Equal(t, []string{"private"}, l.Header["Cache-Control"])
	})
}

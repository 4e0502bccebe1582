package middleware_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
)

// modes are the ways in which middleware is mounted: alone, and under an Adapter.
var modes = map[string]*adapter.Options{
	"alone":    nil,
	"OnDemand": {},
	"Eager":    {Takeover: adapter.Eager},
	"Never":    {Takeover: adapter.Never},
}

// serve serves h, under an Adapter if opts is not nil.
func serve(t *testing.T, h http.Handler, opts *adapter.Options) *streamtest.Service {
	t.Helper()
	if opts != nil {
		a := adapter.New(opts)
		h = a.Wrap(h)
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), streamtest.DefaultPatience)
			defer cancel()
			assert.NoError(t, a.Shutdown(ctx))
		})
	}
	return streamtest.Serve(t, &http.Server{Handler: h}, &streamtest.Options{TCP: true})
}

func hook(f func(s *stream.Stream, c *stream.Context) hooks.Status) hooks.HookFunc { return f }

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

// sends answers with body on the Stream.
func sends(body string) hooks.HookFunc {
	return func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Body = []byte(body)
		if err := s.Send(c.Response().Build()); err != nil {
			panic(err)
		}
		return hooks.Continue
	}
}

package adapter_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// A parting writer belongs to middleware that may have returned.
type parting struct {
	http.ResponseWriter
	left atomic.Bool
	late atomic.Int64 // writes behind its end
}

func (w *parting) Write(p []byte) (int, error) {
	time.Sleep(time.Second)
	if w.left.Load() {
		w.late.Add(1)
	}
	return w.ResponseWriter.Write(p)
}

// TestNothingBehindMiddleware: what TrySend had queued went through the writer of
// middleware that had returned, beside whatever that did at its end.
func TestNothingBehindMiddleware(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		route := adapter.Handler(hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("send", s.TrySend([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")), nil)
			return hooks.Continue
		}))
		var w *parting
		a := adapt(t, &adapter.Options{Takeover: adapter.Never})
		s := serveOver(t, a.Wrap(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w = &parting{ResponseWriter: rw}
			defer w.left.Store(true)
			route.ServeHTTP(struct {
				*parting
				http.Hijacker // as chi's writers offer it
			}{w, rw.(http.Hijacker)}, r)
		})), nil, nil)
		assert.Equal(t, "hello", s.Dial().Get("/").Text)
		assert.Zero(t, w.late.Load())
	})
}

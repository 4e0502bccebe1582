package sse_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A panicSeer hands on the panics that an Observer is told of.
type panicSeer struct {
	stream.NopObserver
	values    chan any
	meanwhile func() // may be nil
}

func (p panicSeer) Panicked(r stream.RequestInfo, err *stream.PanicError) {
	if p.meanwhile != nil {
		p.meanwhile()
	}
	if r.Request.Header != nil { // there is a request to look at, be it empty
		p.values <- err.Value
	}
}

// TestPanicOfEnded: what Detach was given runs on a goroutine where nobody else recovers, so
// that its panic ended the process.
func TestPanicOfEnded(t *testing.T) {
	t.Parallel()
	for _, ca := range carriers()[1:4] {
		for _, v := range []any{"ended", http.ErrAbortHandler} {
			t.Run(fmt.Sprint(ca.name, " ", v), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					seer := panicSeer{values: make(chan any, 10)}
					sessions := make(chan *sse.Session, 2)
					s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
						sessions <- x
						return x.Detach(func(error) { panic(v) })
					}, nil), nil, adapter.Options{Observer: seer})
					defer stop()
					for range 2 {
						l := s.get()
						x := <-sessions
						go func() { _, _ = l.rest() }()
						synctest.Wait()
						require.NoError(t, x.Close())
						synctest.Wait()
						if v != http.ErrAbortHandler {
							assert.Equal(t, v, <-seer.values)
						}
					}
					assert.Empty(t, seer.values)
				})
			})
		}
	}
}

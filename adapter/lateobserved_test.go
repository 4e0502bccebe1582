package adapter_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLateEntryIsNoRequest: what a goroutine has served with the writer and the request of
// one that is over, was told as a request of its own where nobody had asked for the exchange
// before.
func TestLateEntryIsNoRequest(t *testing.T) {
	for _, m := range mounts() {
		if m.bare {
			continue // nothing of this module has seen the request before
		}
		for _, hooked := range []bool{false, true} {
			t.Run(fmt.Sprint(m.name, " hooked ", hooked), func(t *testing.T) {
				t.Parallel()
				const rounds = 4
				around, within, given := newLedger(), newLedger(), make(chan kept, 1)
				opts := adapter.Options{Observer: around}
				if hooked {
					opts.RequestHooks = hooks.Chain{pass}
				}
				root := m.with(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = w.Write([]byte("kept"))
					given <- kept{w, r}
				}), opts)
				inner := adapt(t, &adapter.Options{Takeover: m.mode, Observer: within, RequestHooks: hooks.Chain{pass}}).Wrap(text("late"))
				p := serve(t, root, nil).Dial()
				var last kept
				for range rounds {
					require.Equal(t, "kept", p.Get("/").Text)
					if last.w != nil { // its exchange is over, because there was another one
						func() {
							defer func() { _ = recover() }() // it is too late
							inner.ServeHTTP(last.w, last.r)
						}()
					}
					last = receive(t, given, "the handler")
				}
				p.Close()
				around.settled(t)
				within.settled(t)
				assert.Len(t, around.requests, rounds)
				assert.Empty(t, within.requests)
			})
		}
	}
}

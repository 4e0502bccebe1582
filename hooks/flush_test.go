package hooks_test

import (
	"strings"
	"testing"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// After Flush nothing is queued any more, however much TrySend has left.
func TestFlush(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("0123456789abcdef", 50_000)
	empty := hooks.HookFunc(func(s *stream.Stream, _ *stream.Context) hooks.Status {
		assert.Zero(t, s.Queued())
		return hooks.Continue
	})
	onCarriers(t, hooks.Chain{hooks.Flush(hooks.TrySend(hooks.SetBody([]byte(body)))), empty}, func(t *testing.T, _ carrier, cl client) {
		for range 2 {
			assert.Equal(t, body, cl.do(t, request{}).body)
		}
	})
}

// Flush does not send what is staged.
func TestFlushAlone(t *testing.T) {
	t.Parallel()
	for name, flush := range map[string]hooks.ServerHook{"Flush": hooks.Flush(), "TryFlush": hooks.TryFlush()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onCarriers(t, hooks.Chain{hooks.SetBody([]byte("first")), flush, hooks.SetBody([]byte("second"))},
				func(t *testing.T, _ carrier, cl client) {
					assert.Equal(t, "second", cl.do(t, request{}).body)
				})
		})
	}
}

package hooks_test

import (
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

func TestClose(t *testing.T) {
	t.Parallel()
	refused := hooks.SetStatus(http.StatusForbidden)
	for _, row := range []struct {
		name    string
		hook    hooks.ServerHook
		verdict hooks.Status
		status  int
		body    string
	}{
		{"alone", hooks.Close(), hooks.Continue, 200, ""},
		{"staged", hooks.Close(reached), hooks.Continue, 200, "reached"},
		{"sent", hooks.Close(hooks.Send(reached)), hooks.Continue, 200, "reached"},
		{"all of them", hooks.Close(hooks.Flush(hooks.Send(reached))), hooks.Continue, 200, "reached"},
		{"all that try", hooks.Close(hooks.TryFlush(hooks.TrySend(reached))), hooks.Continue, 200, "reached"},
		{"rejected", hooks.Close(refused, constant(hooks.Reject), reached), hooks.Reject, 403, ""},
		{"undecided", hooks.Close(refused, constant(0), reached), hooks.Reject, 403, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			hook := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
				verdict := row.hook.Handle(s, c)
				assert.Equal(t, row.verdict, verdict)
				assert.True(t, s.Closed())
				assert.ErrorIs(t, s.TrySend([]byte("more")), stream.ErrClosed)
				return verdict
			})
			onCarriers(t, hook, func(t *testing.T, _ carrier, cl client) {
				got := cl.do(t, request{})
				assert.Equal(t, row.status, got.status)
				assert.Equal(t, row.body, got.body)
				cl.closed()
			})
		})
	}
}

package stream_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// inContext runs look as a hook, on a recorder, for r; nil: GET /.
func inContext(t *testing.T, r *http.Request, look func(*stream.Stream, *stream.Context)) *httptest.ResponseRecorder {
	t.Helper()
	if r == nil {
		r = httptest.NewRequest("GET", "/", nil)
	}
	ran := false
	w := httptest.NewRecorder()
	adapter.Handler(hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		look(s, c)
		ran = true
		return hooks.Continue
	})).ServeHTTP(w, r)
	assert.True(t, ran)
	return w
}

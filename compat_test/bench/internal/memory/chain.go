package memory

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// ChainAllocs returns how many objects a chain of ten hooks that pass allocates each
// time it runs.
func ChainAllocs() (float64, error) {
	const runs = 10_000
	pass := hooks.HookFunc(func(*stream.Stream, *stream.Context) hooks.Status { return hooks.Continue })
	var chain hooks.Chain
	for range 10 {
		chain = append(chain, pass)
	}
	var before, after runtime.MemStats
	status := hooks.Reject
	adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		runtime.ReadMemStats(&before)
		for range runs {
			status = chain.Run(s, c)
		}
		runtime.ReadMemStats(&after)
		return status
	}).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	if status != hooks.Continue {
		return 0, errors.New("memory: a chain of hooks that pass did not pass")
	}
	return float64(after.Mallocs-before.Mallocs) / runs, nil
}

package hooks

import (
	"net/http"
	"strconv"

	"github.com/onramp-go/onramp/stream"
)

// Filter returns a guard that continues if pass reports true, and otherwise rejects
// with 403, unless pass or a hook before it has staged a redirection or an error. pass may
// be called from any number of goroutines at once. Filter panics if pass is nil.
//
// hyperlane's filter leaves its own hook alone and lets the exchange go on; here it
// ends, as with all guards.
func Filter(pass func(*stream.Stream, *stream.Context) bool) ServerHook {
	if pass == nil {
		panic("hooks.Filter: pass is nil")
	}
	return filter(pass)
}

// RejectIf is the twin of [Filter]: it rejects if refuse reports true.
func RejectIf(refuse func(*stream.Stream, *stream.Context) bool) ServerHook {
	if refuse == nil {
		panic("hooks.RejectIf: refuse is nil")
	}
	return filter(func(s *stream.Stream, c *stream.Context) bool { return !refuse(s, c) })
}

func filter(pass func(*stream.Stream, *stream.Context) bool) ServerHook {
	return HookFunc(func(s *stream.Stream, c *stream.Context) Status {
		if pass(s, c) {
			return Continue
		}
		return refuse(c, http.StatusForbidden)
	})
}

// guard returns a hook that continues where match says pass, and otherwise stages an
// answer with status, unless a refusal is staged.
func guard(match func(*http.Request) bool, pass bool, status int) ServerHook {
	return HookFunc(func(_ *stream.Stream, c *stream.Context) Status {
		if match(c.Request()) == pass {
			return Continue
		}
		return refuse(c, status)
	})
}

// refuse stages a plain answer, unless a refusal is staged, and rejects. fields are
// names and values that go with it.
func refuse(c *stream.Context, status int, fields ...string) Status {
	if refused(c) {
		return Reject
	}
	return answer(c, status, fields...)
}

// refused reports whether a hook has staged an answer that is no success: what was
// meant for a request that passes must not be sent to one that does not.
func refused(c *stream.Context) bool { return c.Response().Status >= http.StatusMultipleChoices }

// answer stages a plain answer, whatever is staged, and rejects.
func answer(c *stream.Context, status int, fields ...string) Status {
	r := c.Response()
	r.SetBody(status, "text/plain; charset=utf-8", strconv.Itoa(status)+" "+http.StatusText(status)+"\n")
	r.Header.Set("X-Content-Type-Options", "nosniff")
	r.Header.Del("Content-Encoding")
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	return Reject
}

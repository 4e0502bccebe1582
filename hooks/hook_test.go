package hooks_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

func TestStatusString(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "continue", hooks.Continue.String())
	assert.Equal(t, "reject", hooks.Reject.String())
	assert.Equal(t, "undecided", hooks.Status(0).String())
	assert.Equal(t, "undecided", hooks.Status(3).String())
}

// counter counts in a field: with New each request begins at zero.
type counter struct{ n int }

func (h *counter) Handle(_ *stream.Stream, c *stream.Context) hooks.Status {
	h.n++
	c.Response().Body = append(c.Response().Body, byte('0'+h.n))
	return hooks.Continue
}

func TestNew(t *testing.T) {
	t.Parallel()
	hook := hooks.New(func(_ *stream.Stream, c *stream.Context) *counter {
		return &counter{n: len(c.Query("skip"))}
	})
	onCarriers(t, hooks.Chain{hook, hook}, func(t *testing.T, _ carrier, cl client) {
		for range 2 {
			assert.Equal(t, "11", cl.do(t, request{}).body)
			assert.Equal(t, "33", cl.do(t, request{target: "/?skip=xx"}).body)
		}
	})
	testPanics(t, "hooks.New: construct is nil", map[string]func(){"nil": func() { hooks.New[*counter](nil) }})
}

func TestChain(t *testing.T) {
	t.Parallel()
	says := func(word string, verdict hooks.Status) hooks.ServerHook {
		return hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = append(c.Response().Body, word...)
			return verdict
		})
	}
	a, b := says("a", hooks.Continue), says("b", hooks.Continue)
	for _, row := range []struct {
		name    string
		chain   hooks.Chain
		verdict hooks.Status
		want    string
	}{
		{"nil", nil, hooks.Continue, ""},
		{"in order", hooks.Chain{a, b, a}, hooks.Continue, "aba"},
		{"up to a Reject", hooks.Chain{a, says("!", hooks.Reject), b}, hooks.Reject, "a!"},
		{"the zero Status fails closed", hooks.Chain{a, says("?", 0), b}, hooks.Reject, "a?"},
		{"so does one that does not exist", hooks.Chain{a, says("?", 7), b}, hooks.Reject, "a?"},
		{"nested", hooks.Chain{a, hooks.Chain{b, b}, a}, hooks.Continue, "abba"},
		{"nested, rejecting", hooks.Chain{a, hooks.Chain{says("!", 0), b}, a}, hooks.Reject, "a!"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			hook := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
				verdict := row.chain.Handle(s, c)
				assert.Equal(t, row.verdict, verdict)
				return verdict
			})
			onCarriers(t, hook, func(t *testing.T, _ carrier, cl client) {
				assert.Equal(t, row.want, cl.do(t, request{}).body)
			})
		})
	}
}

// Chains cost nothing, nor do guards that let a request pass.
func TestAllocations(t *testing.T) { // not parallel: AllocsPerRun counts the whole process
	plain := make(hooks.Chain, 10)
	for i := range plain {
		plain[i] = pass
	}
	guards := hooks.Chain{
		hooks.Methods("POST", "GET"), hooks.RejectMethods("PUT"),
		hooks.Host("example.org", "example.com"), hooks.RejectHost("example.net", "::1"),
		hooks.RejectReferer("example.net"), hooks.Version(1, 1), hooks.RejectVersion(1, 0),
		hooks.Upgrade("websocket"), hooks.RejectUpgrade("h2c"),
		hooks.Filter(func(*stream.Stream, *stream.Context) bool { return true }),
		hooks.SetStatus(http.StatusAccepted), hooks.SetBody([]byte("x")),
	}
	for name, chain := range map[string]hooks.Chain{"ten hooks": plain, "guards": guards, "nested": {plain, plain}} {
		hook := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
			verdict := hooks.Continue
			assert.Zero(t, testing.AllocsPerRun(100, func() {
				if chain.Run(s, c) != hooks.Continue {
					verdict = hooks.Reject
				}
			}), name)
			assert.Equal(t, hooks.Continue, verdict, name)
			return verdict
		})
		req := httptest.NewRequest("GET", "http://example.com/", nil)
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", "websocket")
		adapter.Handler(hook).ServeHTTP(httptest.NewRecorder(), req)
	}
}

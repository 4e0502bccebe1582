package hooks_test

import (
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

func TestFilter(t *testing.T) {
	t.Parallel()
	hasKey := func(_ *stream.Stream, c *stream.Context) bool { return c.Header("Key") != "" }
	answers := func(_ *stream.Stream, c *stream.Context) bool {
		c.Response().SetBody(http.StatusUnauthorized, "text/plain; charset=utf-8", "who are you?")
		c.Response().Header.Set("X-Content-Type-Options", "nosniff")
		return false
	}
	with := request{fields: []string{"Key", "1"}}
	testGuards(t, []guardCase{
		{name: "Filter passes", guard: hooks.Filter(hasKey), request: with},
		{name: "Filter rejects", guard: hooks.Filter(hasKey), status: 403},
		{name: "Filter answers itself", guard: hooks.Filter(answers), status: 401, body: "who are you?"},
		{name: "RejectIf passes", guard: hooks.RejectIf(hasKey)},
		{name: "RejectIf rejects", guard: hooks.RejectIf(hasKey), request: with, status: 403},
	})
}

// A guard leaves what is staged alone, such as a redirection to a login page.
func TestGuardStaged(t *testing.T) {
	t.Parallel()
	never := func(*stream.Stream, *stream.Context) bool { return false }
	hook := hooks.Chain{hooks.SetStatus(http.StatusSeeOther), hooks.SetHeader("Location", "/login"), hooks.Filter(never), reached}
	for name, guard := range map[string]hooks.ServerHook{
		"Filter": hooks.Filter(never), "Methods": hooks.Methods("POST"), "Host": hooks.Host("elsewhere.test"),
		"Referer": hooks.Referer("elsewhere.test"), "Version": hooks.Version(9, 0), "Upgrade": hooks.Upgrade("websocket"),
	} {
		hook[2] = guard
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onCarriers(t, append(hooks.Chain{}, hook...), func(t *testing.T, _ carrier, cl client) {
				got := cl.do(t, request{})
				assert.Equal(t, http.StatusSeeOther, got.status)
				assert.Equal(t, "/login", got.header.Get("Location"))
				assert.Empty(t, got.body)
			})
		})
	}
}

// Behind a coding that was staged for another body, a plain one must not claim it.
func TestGuardContentEncoding(t *testing.T) {
	t.Parallel()
	onCarriers(t, hooks.Chain{hooks.SetHeader("Content-Encoding", "br"), hooks.Methods("POST")}, func(t *testing.T, _ carrier, cl client) {
		got := cl.do(t, request{})
		assert.Equal(t, http.StatusMethodNotAllowed, got.status)
		assert.Empty(t, got.header["Content-Encoding"])
	})
}

func TestFilterPanics(t *testing.T) {
	t.Parallel()
	testPanics(t, "hooks.Filter: pass is nil", map[string]func(){"nil": func() { hooks.Filter(nil) }})
	testPanics(t, "hooks.RejectIf: refuse is nil", map[string]func(){"nil": func() { hooks.RejectIf(nil) }})
}

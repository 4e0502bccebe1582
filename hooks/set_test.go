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

func TestSet(t *testing.T) {
	t.Parallel()
	body := []byte("a body")
	stage := hooks.Chain{
		hooks.SetStatus(http.StatusTeapot),
		hooks.SetHeader("x-one", "first"), hooks.SetHeader("X-One", "second"),
		hooks.AddHeader("X-Two", "first"), hooks.AddHeader("x-two", "sec\tond"),
		hooks.SetHeader("X-Gone", "there"), hooks.DeleteHeader("x-gone"),
		hooks.SetBody(body),
	}
	body[0] = 'X' // SetBody has copied it
	for name, hook := range map[string]hooks.ServerHook{
		"staged": stage,
		"sent":   hooks.Send(stage),
		"again":  hooks.Chain{hooks.SetStatus(500), hooks.SetBody([]byte("before")), stage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onCarriers(t, hook, func(t *testing.T, _ carrier, cl client) {
				for range 2 {
					got := cl.do(t, request{})
					assert.Equal(t, http.StatusTeapot, got.status)
					assert.Equal(t, []string{"second"}, got.header["X-One"])
					assert.Equal(t, []string{"first", "sec\tond"}, got.header["X-Two"])
					assert.Empty(t, got.header["X-Gone"])
					assert.Equal(t, "text/plain; charset=utf-8", got.header.Get("Content-Type"))
					assert.Equal(t, "a body", got.body)
				}
			})
		})
	}
}

// Hooks of two requests that append to the body at once get room of their own.
func TestSetBodyAppend(t *testing.T) {
	t.Parallel()
	var h http.Handler
	ask := func(x string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/?x="+x, nil))
		return w.Body.String()
	}
	appends := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Body = append(c.Response().Body, c.Query("x")...)
		if c.Query("x") == "1" {
			assert.Equal(t, "a body, 2", ask("2"))
		}
		return hooks.Continue
	})
	h = adapter.Handler(hooks.Chain{hooks.SetBody([]byte("a body, ")), appends})
	assert.Equal(t, "a body, 1", ask("1"))
}

func TestSetBodyEmpty(t *testing.T) {
	t.Parallel()
	onCarriers(t, hooks.Chain{hooks.SetBody([]byte("before")), hooks.SetBody(nil)}, func(t *testing.T, _ carrier, cl client) {
		got := cl.do(t, request{})
		assert.Equal(t, http.StatusOK, got.status)
		assert.Empty(t, got.body)
	})
}

func TestSetStatusBounds(t *testing.T) {
	t.Parallel()
	for _, code := range []int{101, 200, 999} {
		assert.NotPanics(t, func() { hooks.SetStatus(code) })
	}
}

func TestSetPanics(t *testing.T) {
	t.Parallel()
	testPanics(t, "hooks.SetStatus: ", map[string]func(){
		"0": func() { hooks.SetStatus(0) }, "100": func() { hooks.SetStatus(100) },
		"103": func() { hooks.SetStatus(103) }, "1000": func() { hooks.SetStatus(1000) },
	})
	testPanics(t, "hooks.SetHeader: ", map[string]func(){
		"no name": func() { hooks.SetHeader("", "x") }, "colon": func() { hooks.SetHeader("X:", "x") },
		"space": func() { hooks.SetHeader("X Y", "x") }, "not ASCII": func() { hooks.SetHeader("Größe", "x") },
		"line break": func() { hooks.SetHeader("X", "a\r\nB: c") }, "NUL": func() { hooks.SetHeader("X", "\x00") },
		"DEL": func() { hooks.SetHeader("X", "\x7f") },
	})
	testPanics(t, "hooks.AddHeader: ", map[string]func(){"value": func() { hooks.AddHeader("X", "\n") }})
	testPanics(t, "hooks.DeleteHeader: ", map[string]func(){"name": func() { hooks.DeleteHeader("X\n") }})
}

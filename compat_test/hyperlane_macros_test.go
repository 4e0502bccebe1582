package compat_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// hyperlaneMacros are hyperlane's attribute macros and what stands for them here.
var hyperlaneMacros = map[string]struct {
	hook   hooks.ServerHook
	closes bool
}{
	"#[send]":                            {hook: hooks.Send(hyperlanePage)},
	"#[try_send]":                        {hook: hooks.TrySend(hyperlanePage)},
	"#[flush]":                           {hook: hooks.Flush(hyperlanePage)},
	"#[try_flush]":                       {hook: hooks.TryFlush(hyperlanePage)},
	"#[closed]":                          {hook: hooks.Close(hyperlanePage), closes: true},
	"#[closed] #[flush] #[send]":         {hook: hooks.Close(hooks.Flush(hooks.Send(hyperlanePage))), closes: true},
	"#[closed] #[try_flush] #[try_send]": {hook: hooks.Close(hooks.TryFlush(hooks.TrySend(hyperlanePage))), closes: true},
	"#[methods(get, post)] #[http_version] #[response_status_code] #[response_body] #[try_send]": {
		hook: hooks.TrySend(
			hooks.Methods("GET", "POST"), hooks.RejectVersion(1, 0), hooks.Host("example.com", "a"), hooks.RejectReferer("evil.test"),
			hooks.SetHeader("X-Page", "yes"), hooks.SetStatus(http.StatusAccepted), hooks.SetBody([]byte("a page")),
		),
	},
	"#[epilogue_macros(response_header, response_body, send, flush)]": {
		hook: hooks.Chain{hyperlanePage, hooks.Send(), hooks.Flush()},
	},
}

var hyperlanePage = hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
	c.Response().Header.Set("X-Page", "yes")
	c.Response().SetBody(http.StatusAccepted, "text/plain; charset=utf-8", "a page")
	return hooks.Continue
})

func TestHyperlaneMacros(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, resp *http.Response, body string) {
		t.Helper()
		assert.Equal(t, http.StatusAccepted, resp.StatusCode)
		assert.Equal(t, "yes", resp.Header.Get("X-Page"))
		assert.Equal(t, "a page", body)
	}
	for name, macro := range hyperlaneMacros {
		for _, ca := range hyperlaneCarriers() {
			t.Run(name+"/"+ca.name, func(t *testing.T) {
				t.Parallel()
				c := hyperlaneServe(t, ca.wrap(adapter.Options{}, adapter.Handler(macro.hook)))
				c.get("/")
				resp, body := c.hear()
				check(t, resp, body)
				if macro.closes {
					c.end()
					return
				}
				c.get("/")
				resp, body = c.hear()
				check(t, resp, body)
			})
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hyperlaneElsewhere(t, adapter.Handler(macro.hook), func(t *testing.T, ask func(*http.Request) *http.Response) {
				resp := ask(httptest.NewRequest("GET", "/", nil))
				check(t, resp, hyperlaneBody(t, resp))
			})
		})
	}
}

package hooks_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/stretchr/testify/assert"
)

func TestReferer(t *testing.T) {
	t.Parallel()
	from := func(values ...string) (r request) {
		for _, v := range values {
			r.fields = append(r.fields, "Referer", v)
		}
		return r
	}
	guard, twin := hooks.Referer("example.com"), hooks.RejectReferer("example.com")
	testGuards(t, []guardCase{
		{name: "same", guard: guard, request: from("https://example.com/page?x=1")},
		{name: "other", guard: guard, request: from("https://example.org/page"), status: 403},
		{name: "none", guard: guard, status: 403},
		{name: "two, one of them other", guard: guard, request: from("https://example.com/", "https://example.org/"), status: 403},
		{name: "twin rejects", guard: twin, request: from("https://example.com/page"), status: 403},
		{name: "twin passes", guard: twin, request: from("https://example.org/page")},
		{name: "twin without", guard: twin},
		{name: "twin, two", guard: twin, request: from("https://example.org/", "https://example.com/"), status: 403},
	})
}

// TestRefererForms compares the forms of sites and of what browsers send.
func TestRefererForms(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		want, is string
		match    bool
	}{
		{"example.com", "http://example.com", true},
		{"example.com", "https://EXAMPLE.com:8443/x", true},
		{"example.com", "https://www.example.com/", false},
		{"example.com", "https://example.com.evil.test/", false},
		{"example.com", "https://example.com@evil.test/", false},
		{"example.com", "https://evil.test/?example.com", false},
		{"example.com", "example.com", false},
		{"example.com", "/page", false},
		{"example.com", "about:blank", false},
		{"example.com", "", false},
		{"example.com", "https://exa mple.com/", false},
		{"example.com:8443", "https://example.com:8443/", true},
		{"example.com:443", "https://example.com/", true},
		{"example.com:443", "http://example.com/", false},
		{"https://example.com", "https://example.com/x", true},
		{"https://example.com/", "https://example.com:443/x", true},
		{"HTTPS://Example.com", "https://example.com", true},
		{"https://example.com", "http://example.com/x", false},
		{"https://example.com", "https://example.com:8443/x", false},
		{"https://example.com:8443", "http://example.com:8443/", false},
		{"http://localhost:3000", "http://localhost:3000/", true},
		{"http://[::1]:3000", "http://[0::1]:3000/", true},
	} {
		for _, way := range []struct {
			hook hooks.ServerHook
			pass bool
		}{{hooks.Referer(row.want), row.match}, {hooks.RejectReferer(row.want), !row.match}} {
			req := httptest.NewRequest("GET", "/", nil)
			req.Header.Set("Referer", row.is)
			w := httptest.NewRecorder()
			adapter.Handler(way.hook).ServeHTTP(w, req)
			assert.Equal(t, way.pass, w.Code == http.StatusOK, "%q from %q", row.is, row.want)
		}
	}
}

func TestRefererPanics(t *testing.T) {
	t.Parallel()
	testPanics(t, "hooks.Referer: ", map[string]func(){
		"none":       func() { hooks.Referer() },
		"empty":      func() { hooks.Referer("") },
		"path":       func() { hooks.Referer("https://example.com/shop") },
		"no scheme":  func() { hooks.Referer("://example.com") },
		"bad scheme": func() { hooks.Referer("1:2://example.com") },
		"user":       func() { hooks.Referer("https://me@example.com") },
		"query":      func() { hooks.Referer("https://example.com?x") },
		"bare IPv6":  func() { hooks.Referer("https://::1") },
	})
	testPanics(t, "hooks.RejectReferer: ", map[string]func(){"none": func() { hooks.RejectReferer() }})
}

package hooks_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/stretchr/testify/assert"
)

func TestHost(t *testing.T) {
	t.Parallel()
	two := hooks.Host("example.com", "b.example:8443")
	testGuards(t, []guardCase{
		{name: "same", guard: two, request: request{host: "example.com"}},
		{name: "other", guard: two, request: request{host: "example.org"}, status: 421},
		{name: "twin passes", guard: hooks.RejectHost("example.com"), request: request{host: "example.org"}},
		{name: "twin rejects", guard: hooks.RejectHost("example.com"), request: request{host: "EXAMPLE.com:1"}, status: 421},
		{name: "no host", guard: two, request: request{host: " ", old: true}, status: 421, http1: true},
		{name: "twin without host", guard: hooks.RejectHost("example.com"), request: request{host: " ", old: true}, http1: true},
	})
}

// TestHostForms compares the forms in which a host can be written.
func TestHostForms(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		want, is string
		match    bool
	}{
		{"example.com", "EXAMPLE.Com", true},
		{"Example.COM", "example.com", true},
		{"example.com", "example.com.", true},
		{"example.com.", "example.com", true},
		{"example.com", "example.com:8080", true},
		{"example.com", "www.example.com", false},
		{"example.com", "example.com.evil.test", false},
		{"example.com", "", false},
		{"example.com", ":80", false},
		{"example.com", "example.com:80:90", false},
		{"example.com", "example.com:http", false},
		{"example.com:8080", "example.com:8080", true},
		{"example.com:8080", "example.com:8081", false},
		{"example.com:8080", "example.com", false},
		{"example.com:80", "example.com", true},
		{"kelvin.test", "\u212aelvin.test", false}, // the Kelvin sign is no k
		{"127.0.0.1", "127.0.0.1:9", true},
		{"::1", "[::1]", true},
		{"::1", "[::1]:8080", true},
		{"[::1]", "[0:0:0:0:0:0:0:1]:80", true},
		{"[::1]:8080", "[::1]:8080", true},
		{"[::1]:8080", "[::1]:8081", false},
		{"::1", "[::2]", false},
		{"::1", "[::1", false},
		{"::1", "[::1]x", false},
		{"2001:DB8::A", "[2001:db8::a]", true},
	} {
		hook := hooks.Chain{hooks.Host(row.want), reached}
		twin := hooks.Chain{hooks.RejectHost(row.want), reached}
		for _, way := range []struct {
			hook hooks.ServerHook
			pass bool
		}{{hook, row.match}, {twin, !row.match}} {
			req := httptest.NewRequest("GET", "/", nil)
			req.Host = row.is
			w := httptest.NewRecorder()
			adapter.Handler(way.hook).ServeHTTP(w, req)
			assert.Equal(t, way.pass, w.Code == http.StatusOK, "%q for %q", row.is, row.want)
		}
	}
	req := httptest.NewRequest("GET", "https://example.com/", nil)
	w := httptest.NewRecorder()
	adapter.Handler(hooks.Host("example.com:443")).ServeHTTP(w, req)
	assert.Equal(t, http.StatusOK, w.Code, "443 is what TLS means")
}

func TestHostPanics(t *testing.T) {
	t.Parallel()
	testPanics(t, "hooks.Host: ", map[string]func(){
		"none":        func() { hooks.Host() },
		"empty":       func() { hooks.Host("") },
		"wildcard":    func() { hooks.Host("*.example.com") },
		"URL":         func() { hooks.Host("https://example.com") },
		"path":        func() { hooks.Host("example.com/x") },
		"empty port":  func() { hooks.Host("example.com:") },
		"named port":  func() { hooks.Host("example.com:http") },
		"no bracket":  func() { hooks.Host("[::1") },
		"two of them": func() { hooks.Host("a.test, b.test") },
		"not ASCII":   func() { hooks.Host("müller.test") },
	})
	testPanics(t, "hooks.RejectHost: ", map[string]func(){"none": func() { hooks.RejectHost() }})
}

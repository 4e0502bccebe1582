package hooks_test

import (
	"testing"

	"github.com/onramp-go/onramp/hooks"
)

func TestMethods(t *testing.T) {
	t.Parallel()
	some := hooks.Methods("GET", "POST")
	testGuards(t, []guardCase{
		{name: "one of them", guard: some, request: request{method: "POST", body: "x"}},
		{name: "none of them", guard: some, request: request{method: "DELETE"}, status: 405, fields: []string{"Allow", "GET, POST"}},
		{name: "HEAD is not GET", guard: some, request: request{method: "HEAD"}, status: 405, fields: []string{"Allow", "GET, POST"}},
		{name: "case counts", guard: some, request: request{method: "get"}, status: 405},
		{name: "a method of one's own", guard: hooks.Methods("PURGE"), request: request{method: "PURGE"}},
		{name: "twin passes", guard: hooks.RejectMethods("DELETE", "PUT")},
		{
			name: "twin rejects", guard: hooks.RejectMethods("DELETE", "PUT"), request: request{method: "DELETE"},
			status: 405, fields: []string{"Allow", "GET, HEAD, POST, PATCH, OPTIONS"},
		},
	})
}

func TestMethodsPanics(t *testing.T) {
	t.Parallel()
	testPanics(t, "hooks.Methods: ", map[string]func(){
		"none":     func() { hooks.Methods() },
		"empty":    func() { hooks.Methods("GET", "") },
		"two":      func() { hooks.Methods("GET, POST") },
		"new line": func() { hooks.Methods("GET\r\nX: y") },
	})
	testPanics(t, "hooks.RejectMethods: ", map[string]func(){"none": func() { hooks.RejectMethods() }})
}

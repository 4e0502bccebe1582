package hooks

import (
	"net/http"
	"slices"
	"strings"

	"github.com/onramp-go/onramp/stream"
)

// Methods returns a guard that continues if the request's method is one of methods,
// and otherwise rejects with 405 and the methods in Allow (RFC 9110, section 15.5.6),
// unless a refusal is staged. Methods are compared as they are written (section 9.1):
// "GET" does not let HEAD pass. Panics if there is no method, or one is no token.
//
// hyperlane's methods, is_get_method and so on skip the rest of their own hook and
// let the exchange go on.
func Methods(methods ...string) ServerHook {
	methods = methodsOf("Methods", methods)
	allow := strings.Join(methods, ", ")
	return HookFunc(func(_ *stream.Stream, c *stream.Context) Status {
		if slices.Contains(methods, c.Request().Method) {
			return Continue
		}
		return refuse(c, http.StatusMethodNotAllowed, "Allow", allow)
	})
}

// RejectMethods is the twin of [Methods]: it rejects the methods given. Allow then
// names what is left of GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS.
func RejectMethods(methods ...string) ServerHook {
	methods = methodsOf("RejectMethods", methods)
	left := slices.DeleteFunc([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"},
		func(m string) bool { return slices.Contains(methods, m) })
	allow := strings.Join(left, ", ")
	return HookFunc(func(_ *stream.Stream, c *stream.Context) Status {
		if !slices.Contains(methods, c.Request().Method) {
			return Continue
		}
		return refuse(c, http.StatusMethodNotAllowed, "Allow", allow)
	})
}

func methodsOf(name string, methods []string) []string {
	if len(methods) == 0 {
		panic("hooks." + name + ": no method")
	}
	for _, m := range methods {
		if !isToken(m) {
			panic("hooks." + name + ": " + quote(m) + " is no method")
		}
	}
	return slices.Clone(methods)
}

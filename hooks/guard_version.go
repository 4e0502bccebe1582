package hooks

import (
	"fmt"
	"net/http"

	"github.com/onramp-go/onramp/stream"
)

// Version returns a guard that continues if the request came over HTTP/major.minor,
// such as 1, 0 or 1, 1 or 2, 0, and otherwise rejects with 505 (RFC 9110, section
// 15.6.6) and a body that names the version, unless a refusal is staged. It panics
// if no server could get that version: major is less than 1, or minor is negative.
//
// hyperlane's is_http1_1_version and so on skip the rest of their own hook and let
// the exchange go on.
func Version(major, minor int) ServerHook {
	match := versionOf("Version", major, minor)
	hint := fmt.Sprintf("505 %s: use HTTP/%d.%d\n", http.StatusText(http.StatusHTTPVersionNotSupported), major, minor)
	return HookFunc(func(_ *stream.Stream, c *stream.Context) Status {
		if match(c.Request()) {
			return Continue
		}
		if !refused(c) {
			answer(c, http.StatusHTTPVersionNotSupported)
			c.Response().Body = []byte(hint)
		}
		return Reject
	})
}

// RejectVersion is the twin of [Version]: it rejects requests over that version.
func RejectVersion(major, minor int) ServerHook {
	return guard(versionOf("RejectVersion", major, minor), false, http.StatusHTTPVersionNotSupported)
}

func versionOf(name string, major, minor int) func(*http.Request) bool {
	if major < 1 || minor < 0 {
		panic(fmt.Sprintf("hooks.%s: there is no HTTP/%d.%d", name, major, minor))
	}
	return func(r *http.Request) bool { return r.ProtoMajor == major && r.ProtoMinor == minor }
}

package hooks

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/onramp-go/onramp/stream"
)

// SetStatus returns a hook that stages the status code. It panics unless code is 101
// or in 200 to 999: other interim responses are sent, not staged.
func SetStatus(code int) ServerHook {
	if code != http.StatusSwitchingProtocols && (code < 200 || code > 999) {
		panic(fmt.Sprintf("hooks.SetStatus: %d is no status of a response", code))
	}
	return stage(func(r *stream.Response) { r.Status = code })
}

// SetHeader returns a hook that stages a field, in the place of all that have the
// name. It panics if name is no token, or value has control characters other than
// tabs (RFC 9110, section 5.5).
func SetHeader(name, value string) ServerHook {
	name = fieldOf("SetHeader", name, value)
	return stage(func(r *stream.Response) { r.Header.Set(name, value) })
}

// AddHeader is [SetHeader], but keeps the fields that have the name.
func AddHeader(name, value string) ServerHook {
	name = fieldOf("AddHeader", name, value)
	return stage(func(r *stream.Response) { r.Header.Add(name, value) })
}

// DeleteHeader returns a hook that takes all fields of that name away from what is
// staged. It panics if name is no token.
func DeleteHeader(name string) ServerHook {
	name = fieldOf("DeleteHeader", name, "")
	return stage(func(r *stream.Response) { r.Header.Del(name) })
}

// SetBody returns a hook that stages the content; its type is sniffed unless a
// Content-Type is staged. body is copied now. All requests share the copy: hooks that
// come later may replace Response.Body, but must not change what is in it.
func SetBody(body []byte) ServerHook {
	body = slices.Clip(append([]byte{}, body...))
	return stage(func(r *stream.Response) { r.Body = body })
}

// stage returns a hook that changes the staged response and continues.
func stage(change func(*stream.Response)) ServerHook {
	return HookFunc(func(_ *stream.Stream, c *stream.Context) Status {
		change(c.Response())
		return Continue
	})
}

// fieldOf returns the canonical name of a field, after checking both parts.
func fieldOf(hook, name, value string) string {
	if !isToken(name) {
		panic("hooks." + hook + ": " + quote(name) + " is no field name")
	}
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			panic("hooks." + hook + ": " + quote(value) + " is no field value")
		}
	}
	return http.CanonicalHeaderKey(name)
}

package hooks

import (
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/onramp-go/onramp/stream"
)

// JSON returns a hook that decodes the request body into a fresh T, as
// stream.Context.JSON does, and calls handle with it. T is mostly inferred:
//
//	hooks.JSON(func(s *stream.Stream, c *stream.Context, in Order) hooks.Status { ... })
//
// Where that fails, handle is not called, a plain answer is staged in the place of
// whatever was, and the exchange is rejected. The status is 415 if the request has a
// Content-Type that is neither application/json nor one with the suffix +json, 413
// if reading failed with a *http.MaxBytesError, and otherwise 400. What was wrong is
// not told to the client. JSON panics if handle is nil.
func JSON[T any](handle func(*stream.Stream, *stream.Context, T) Status) ServerHook {
	if handle == nil {
		panic("hooks.JSON: handle is nil")
	}
	return HookFunc(func(s *stream.Stream, c *stream.Context) Status {
		if !saysJSON(c.Request().Header) {
			return answer(c, http.StatusUnsupportedMediaType, "Accept", "application/json")
		}
		var v T
		if err := c.JSON(&v); err != nil {
			if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
				return answer(c, http.StatusRequestEntityTooLarge)
			}
			return answer(c, http.StatusBadRequest)
		}
		return handle(s, c, v)
	})
}

// saysJSON reports whether the content is JSON, or nothing says otherwise.
func saysJSON(h http.Header) bool {
	for _, value := range h["Content-Type"] {
		kind, _, err := mime.ParseMediaType(value)
		if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
			return false
		}
		if kind != "application/json" && !strings.HasSuffix(kind, "+json") {
			return false
		}
	}
	return true
}

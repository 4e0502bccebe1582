package middleware_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
)

// A hook of hyperlane's kind: it answers 401 itself, closes the connection if even
// that cannot be sent, and keeps everything behind it from running.
func ExampleRequest() {
	auth := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		if c.Header("Authorization") != "" {
			return hooks.Continue
		}
		c.Response().SetBody(http.StatusUnauthorized, "text/plain", "who are you?")
		if s.TrySend(c.Response().Build()) != nil {
			s.SetClosed(true)
		}
		return hooks.Reject
	})
	r := chi.NewRouter()
	r.Use(middleware.Request(auth))
	r.Get("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "welcome") })

	for _, authorization := range []string{"", "Bearer token"} {
		req := httptest.NewRequest("GET", "/", nil)
		req.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 401 who are you?
	// 200 welcome
}

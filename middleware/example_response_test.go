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

// A response hook sees what the handler is about to answer, and may change it.
func ExampleResponse() {
	stamp := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Header.Set("X-Served-By", "onramp")
		if c.Response().Status == http.StatusNotFound {
			c.Response().Body = []byte("nothing here")
		}
		return hooks.Continue
	})
	r := chi.NewRouter()
	r.Use(middleware.Response(stamp))
	r.Get("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "a page") })

	for _, path := range []string{"/", "/missing"} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(w.Code, w.Header().Get("X-Served-By"), w.Body)
	}
	// Output:
	// 200 onramp a page
	// 404 onramp nothing here
}

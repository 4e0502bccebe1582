package middleware_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
)

func ExampleRequestError() {
	explain := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		e := c.RequestError() // e.Err is for logs
		c.Response().SetBody(e.Status, "application/json", fmt.Sprintf(`{"failed": %q}`, e.Op))
		return hooks.Continue
	})
	r := chi.NewRouter()
	r.Use(middleware.RequestError(explain), middleware.Limits(stream.RequestConfig{MaxBodySize: 8}))
	r.Post("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "thank you") })

	for _, body := range []string{"short", "longer than eight bytes"} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader(body)))
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 thank you
	// 413 {"failed": "read body"}
}

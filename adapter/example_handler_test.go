package adapter_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

func ExampleHandler() {
	hello := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().SetBody(http.StatusOK, "text/plain", "hello, "+c.Param("name"))
		return hooks.Continue
	})
	r := chi.NewRouter()
	r.Method("GET", "/hello/{name}", adapter.Handler(hello))

	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest("GET", "/hello/Ada", nil))
	fmt.Println(w.Code, w.Body)
	// Output:
	// 200 hello, Ada
}

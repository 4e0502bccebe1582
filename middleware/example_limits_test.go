package middleware_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
)

// One route takes less than the rest of the service.
func ExampleLimits() {
	r := chi.NewRouter()
	r.With(middleware.Limits(stream.RequestConfig{MaxBodySize: 1000, MaxPathSize: 100})).
		Post("/note", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "noted") })

	for _, req := range []*http.Request{
		httptest.NewRequest("POST", "/note", strings.NewReader("a short note")),
		httptest.NewRequest("POST", "/note", strings.NewReader(strings.Repeat("a long note ", 100))),
		httptest.NewRequest("POST", "/note?"+strings.Repeat("x", 100), nil),
	} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 200 noted
	// 413 413 Request Entity Too Large
	// 414 414 Request URI Too Long
}

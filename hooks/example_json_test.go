package hooks_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

func ExampleJSON() {
	type point struct{ X, Y int }
	h := adapter.Handler(hooks.JSON(func(_ *stream.Stream, c *stream.Context, p point) hooks.Status {
		c.Response().SetBody(http.StatusOK, "text/plain", fmt.Sprint(p.X+p.Y))
		return hooks.Continue
	}))

	for _, body := range []string{`{"X": 3, "Y": 4}`, `{"X": "three"}`} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader(body)))
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 200 7
	// 400 400 Bad Request
}

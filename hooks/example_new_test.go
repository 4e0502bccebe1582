package hooks_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// A greeting is made for each request, so its fields are that request's own.
type greeting struct{ name string }

func newGreeting(_ *stream.Stream, c *stream.Context) *greeting {
	return &greeting{name: c.Query("name")}
}

func (g *greeting) Handle(_ *stream.Stream, c *stream.Context) hooks.Status {
	c.Response().SetBody(http.StatusOK, "text/plain", "hello, "+g.name)
	return hooks.Continue
}

func ExampleNew() {
	h := adapter.Handler(hooks.New(newGreeting))

	for _, name := range []string{"Ada", "Grace"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/?name="+name, nil))
		fmt.Println(w.Body)
	}
	// Output:
	// hello, Ada
	// hello, Grace
}

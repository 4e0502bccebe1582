package stream_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// userKey is shared by the hook that sets the user and those that ask for it.
var userKey = stream.NewKey[string]("user")

func ExampleNewKey() {
	signIn := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		userKey.Set(c, c.Header("X-User"))
		return hooks.Continue
	})
	greet := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		user, ok := userKey.Get(c)
		c.Response().SetBody(http.StatusOK, "text/plain", fmt.Sprint("hello, ", user, " ", ok))
		return hooks.Continue
	})

	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-User", "Ada")
	w := httptest.NewRecorder()
	adapter.Handler(hooks.Chain{signIn, greet}).ServeHTTP(w, r)
	fmt.Println(w.Body)
	// Output:
	// hello, Ada true
}

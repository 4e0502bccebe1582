package hooks_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

func ExampleChain() {
	signedIn := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		if c.Header("Authorization") == "" {
			c.Response().SetBody(http.StatusUnauthorized, "text/plain", "sign in first")
			return hooks.Reject
		}
		return hooks.Continue
	})
	h := adapter.Handler(hooks.Chain{signedIn, hooks.SetBody([]byte("welcome"))})

	for _, authorization := range []string{"", "Bearer token"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 401 sign in first
	// 200 welcome
}

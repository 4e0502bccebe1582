package hooks_test

import (
	"fmt"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
)

func ExampleMethods() {
	h := adapter.Handler(hooks.Chain{hooks.Methods("GET", "HEAD"), hooks.SetBody([]byte("read only"))})

	for _, method := range []string{"GET", "DELETE"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/", nil))
		fmt.Printf("%s %d, allow %q\n", method, w.Code, w.Header().Get("Allow"))
	}
	// Output:
	// GET 200, allow ""
	// DELETE 405, allow "GET, HEAD"
}

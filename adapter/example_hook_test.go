package adapter_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
)

// An ordinary handler is the last link of a chain of hooks.
func ExampleHook() {
	files := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "contents of ", r.URL.Path)
	})
	h := adapter.Handler(hooks.Chain{hooks.Methods("GET"), adapter.Hook(files)})

	for _, method := range []string{"GET", "DELETE"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/a.txt", nil))
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 contents of /a.txt
	// 405 405 Method Not Allowed
}

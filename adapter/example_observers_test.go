package adapter_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
)

// beginnings prints what takes long to begin; streams may go on as long as they like.
type beginnings struct{ stream.NopObserver }

func (beginnings) RequestEnded(r stream.RequestInfo, end stream.RequestEnd) {
	fmt.Println(r.Request.Pattern, end.Status, "slow:", end.FirstByte.Seconds() > 1)
}

// An Observer of one's own embeds NopObserver, and goes beside others.
func ExampleObservers() {
	counters := new(adapter.Counters)
	a := adapter.New(&adapter.Options{Observer: adapter.Observers(counters, beginnings{})})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", func(http.ResponseWriter, *http.Request) {})
	a.Wrap(mux).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/users/7", nil))
	fmt.Println(counters.Snapshot().Requests)
	// Output:
	// GET /users/{id} 200 slow: false
	// 1
}

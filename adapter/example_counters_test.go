package adapter_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
)

// A page for operators needs a Counters and a handler.
func ExampleCounters() {
	counters := new(adapter.Counters)
	a := adapter.New(&adapter.Options{Observer: counters})
	mux := http.NewServeMux()
	mux.HandleFunc("/stats", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(counters.Snapshot())
	})
	h := a.Wrap(mux)
	for range 3 {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/nothing", nil))
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", "/stats", nil))
	var got adapter.Snapshot
	fmt.Println(json.Unmarshal(rec.Body.Bytes(), &got))
	fmt.Println(got.Requests, "answered:", got.Statuses, "and", got.Active, "under way")
	// Output:
	// <nil>
	// 3 answered: map[4xx:3] and 1 under way
}

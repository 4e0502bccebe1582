package adapter_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
)

// What goes on is known without an Observer, too.
func ExampleAdapter_Gauges() {
	a := adapter.New(nil)
	events := adapter.Handler(sse.Hook(func(x *sse.Session) error {
		fmt.Println("event streams:", a.Gauges().EventStreams)
		return nil
	}, nil))
	a.Wrap(events).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Println("event streams:", a.Gauges().EventStreams)
	// Output:
	// event streams: 1
	// event streams: 0
}

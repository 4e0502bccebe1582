package sse_test

import (
	"fmt"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
)

func ExamplePrepare() {
	price, err := sse.Prepare(sse.Event{Name: "price", Data: "42"}) // encoded once, for all
	if err != nil {
		fmt.Println(err)
		return
	}
	hook := sse.Hook(func(x *sse.Session) error { return x.TrySendPrepared(price) }, nil)
	for range 2 {
		w := httptest.NewRecorder()
		adapter.Handler(hook).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		fmt.Printf("%q\n", w.Body)
	}
	// Output:
	// "event: price\ndata: 42\n\n"
	// "event: price\ndata: 42\n\n"
}

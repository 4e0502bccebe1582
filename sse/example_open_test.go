package sse_test

import (
	"fmt"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
)

func ExampleOpen() {
	greet := func(s *stream.Stream, c *stream.Context) hooks.Status {
		x, err := sse.Open(s, c, &sse.Options{Policy: sse.DropOldest, MissedEvent: "missed"})
		if err != nil {
			return hooks.Reject
		}
		defer x.Close()
		_ = x.Comment("welcome")
		_ = x.SendList(
			sse.Event{ID: "1", Name: "greeting", Data: "hello"},
			sse.Event{ID: "2", Name: "greeting", Data: "again"},
		)
		return hooks.Continue
	}

	w := httptest.NewRecorder()
	adapter.HandlerFunc(greet).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Printf("%s\n%s", w.Header().Get("Content-Type"), w.Body)
	// Output:
	// text/event-stream
	// : welcome
	//
	// id: 1
	// event: greeting
	// data: hello
	//
	// id: 2
	// event: greeting
	// data: again
}

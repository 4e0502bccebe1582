package sse_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
)

// Attach is Follow for clients of which there are many: none of them has a goroutine.
func ExampleHub_Attach() {
	hub := sse.NewHub(&sse.HubOptions{History: true})
	srv := httptest.NewServer(adapter.Handler(sse.Hook(func(x *sse.Session) error {
		return hub.Attach(x, "news")
	}, nil)))
	defer srv.Close()

	_ = hub.Publish(context.Background(), "news", sse.Event{Data: "one"})
	resp, err := http.Get(srv.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	data := func() {
		for lines.Scan() && lines.Text() != "" {
			if text := lines.Text(); text[:3] != "id:" {
				fmt.Println(text)
			}
		}
	}
	data()
	_ = hub.Publish(context.Background(), "news", sse.Event{Data: "two"})
	data()
	// Output:
	// data: one
	// data: two
}

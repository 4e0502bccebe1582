package sse_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
)

func ExampleHub() {
	hub := sse.NewHub(&sse.HubOptions{History: true})
	srv := httptest.NewServer(adapter.Handler(sse.Hook(func(x *sse.Session) error {
		return hub.Follow(x, "news")
	}, nil)))
	defer srv.Close()

	// listen prints the data of n events and returns the ID of the last one.
	listen := func(lastEventID string, n int) (id string) {
		req, _ := http.NewRequest("GET", srv.URL, nil)
		req.Header.Set("Last-Event-ID", lastEventID)
		resp, err := srv.Client().Do(req)
		if err != nil {
			fmt.Println(err)
			return ""
		}
		defer resp.Body.Close()
		for lines := bufio.NewScanner(resp.Body); n > 0 && lines.Scan(); {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch field {
			case "id":
				id = value
			case "data":
				fmt.Println(value)
				n--
			}
		}
		return id
	}

	ctx := context.Background()
	_ = hub.Publish(ctx, "news", sse.Event{Data: "one"}, sse.Event{Data: "two"})
	id := listen("", 2)
	_ = hub.Publish(ctx, "news", sse.Event{Data: "three, while nobody listens"})
	_ = hub.Publish(ctx, "weather", sse.Event{Data: "rain"})
	listen(id, 1)
	listen("made up", 1)
	// Output:
	// one
	// two
	// three, while nobody listens
	// unknown
}

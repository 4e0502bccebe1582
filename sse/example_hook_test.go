package sse_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
)

func ExampleHook() {
	countdown := sse.Hook(func(x *sse.Session) error {
		from, err := strconv.Atoi(x.Request().URL.Query().Get("from"))
		if err != nil {
			x.Response().SetBody(http.StatusBadRequest, "text/plain", "from what?\n")
			return err // nothing was sent, so this refuses
		}
		for i := from; i > 0; i-- {
			if err := x.Send(sse.Event{Data: strconv.Itoa(i)}); err != nil {
				return err // the client is gone
			}
		}
		return x.Send(sse.Event{Name: "liftoff", Data: "all engines\nrunning"})
	}, nil)

	srv := httptest.NewServer(adapter.Handler(countdown))
	defer srv.Close()
	for _, query := range []string{"", "?from=2"} {
		resp, err := srv.Client().Get(srv.URL + query)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Printf("%s\n%s", resp.Status, body)
	}
	// Output:
	// 400 Bad Request
	// from what?
	// 200 OK
	// data: 2
	//
	// data: 1
	//
	// event: liftoff
	// data: all engines
	// data: running
}

package sse_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
)

// A session that only waits for others to send on it needs no hook meanwhile, and no
// goroutine.
func ExampleSession_Detach() {
	sessions, ended := make(chan *sse.Session, 1), make(chan error, 1)
	a := adapter.New(nil)
	srv := httptest.NewServer(a.Wrap(adapter.Handler(sse.Hook(func(x *sse.Session) error {
		sessions <- x
		return x.Detach(func(err error) { ended <- err })
	}, nil))))
	defer srv.Close()

	resp, err := http.Get(srv.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	x := <-sessions
	_ = x.Send(sse.Event{Data: "hello"})
	_ = x.Close()
	events, _ := io.ReadAll(resp.Body)
	fmt.Printf("%q\n", events)
	fmt.Println(errors.Is(<-ended, stream.ErrClosed))
	// Output:
	// "data: hello\n\n"
	// true
}

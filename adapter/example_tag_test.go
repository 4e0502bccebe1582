package adapter_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
)

// All streams of a user end when the user logs out.
func ExampleAdapter_CloseTagged() {
	errLoggedOut := errors.New("logged out")
	user := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		name, _, _ := c.Request().BasicAuth()
		adapter.Tag(c, "user:"+name) // and then see whether the user may come in
		return hooks.Continue
	})
	ended := make(chan error)
	news := sse.Hook(func(x *sse.Session) error {
		if err := x.Send(sse.Event{Data: "hello"}); err != nil {
			return err
		}
		<-x.Context().Done()
		ended <- context.Cause(x.Context())
		return nil
	}, &sse.Options{ReturnWithin: -1})

	a := adapter.New(nil)
	srv := httptest.NewServer(a.Wrap(middleware.Request(user)(adapter.Handler(news))))
	defer srv.Close()
	req, _ := http.NewRequest("GET", srv.URL, nil)
	req.SetBasicAuth("ann", "secret")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Scan()
	fmt.Println(lines.Text())

	fmt.Println(a.CloseTagged("user:bob", errLoggedOut), a.CloseTagged("user:ann", errLoggedOut))
	fmt.Println(errors.Is(<-ended, errLoggedOut))
	for lines.Scan() {
	}
	fmt.Println(lines.Err())
	fmt.Println(a.Shutdown(context.Background()))
	// Output:
	// data: hello
	// 0 1
	// true
	// <nil>
	// <nil>
}

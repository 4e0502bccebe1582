package stream_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

func ExampleStream_SetClosed() {
	hook := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		s.SetClosed(true)
		err := s.TrySend(c.Response().Build())
		fmt.Println(s.Closed(), s.KeepAlive(c.KeepAlive()), errors.Is(err, stream.ErrClosed))
		c.Response().SetBody(http.StatusOK, "text/plain", "staged all the same")
		return hooks.Continue
	})
	srv := httptest.NewServer(adapter.Handler(hook))
	defer srv.Close()

	resp, err := http.Get(srv.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(string(body), resp.Close)
	// Output:
	// true false true
	// staged all the same true
}

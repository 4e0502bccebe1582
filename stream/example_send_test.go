package stream_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// What a hook stages it can send itself, and go on working afterwards.
func ExampleStream_Send() {
	hook := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().SetBody(http.StatusAccepted, "text/plain", "we will see to it")
		if err := s.Send(c.Response().Build()); err != nil {
			return hooks.Reject // the client is gone
		}
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
	fmt.Println(resp.Status, string(body))
	// Output:
	// 202 Accepted we will see to it
}

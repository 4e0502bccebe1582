package hooks_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

func ExampleSend() {
	page := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().SetBody(http.StatusOK, "text/plain", "a page")
		return hooks.Continue
	})
	seen := make(chan struct{})
	after := hooks.HookFunc(func(s *stream.Stream, _ *stream.Context) hooks.Status {
		defer close(seen)
		fmt.Println("sent, and", s.Queued(), "bytes are left")
		return hooks.Continue
	})
	srv := httptest.NewServer(adapter.Handler(hooks.Chain{hooks.Close(hooks.Flush(hooks.Send(page))), after}))
	defer srv.Close()

	resp, err := http.Get(srv.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	<-seen // the client may be faster than the hook
	fmt.Printf("%s: %s, %v\n", resp.Status, body, err)
	// Unordered output:
	// sent, and 0 bytes are left
	// 200 OK: a page, <nil>
}

package streamtest_test

import (
	"fmt"
	"net/http"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
)

// A hook is tested on a connection, without a socket. What stands in braces is the body
// of a test, and t its *testing.T.
func ExampleDial() {
	run(func(t streamtest.TB) {
		greet := adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().SetBody(http.StatusOK, "text/plain", "hello, "+c.Query("name"))
			return hooks.Continue
		})
		c := streamtest.Dial(t, greet, nil)
		fmt.Println(c.Get("/?name=Ada").Text)
		got := c.Get("/?name=Bob", "Connection: close")
		fmt.Println(got.Text, got.Close)
		fmt.Println(c.WantEnd())
	})
	// Output:
	// hello, Ada
	// hello, Bob true
	// <nil>
}

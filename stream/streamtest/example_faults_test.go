package streamtest_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
)

// A client that reads nothing: Window bounds what the network takes, WriteTimeout how
// long the server waits. In a bubble of testing/synctest that could be a minute, and be
// over at once.
func ExampleOptions() {
	run(func(t streamtest.TB) {
		result := make(chan error, 1)
		a := adapter.New(&adapter.Options{WriteTimeout: 10 * time.Millisecond})
		c := streamtest.Dial(t, a.Wrap(adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = []byte(strings.Repeat("x", 5000))
			result <- s.Send(c.Response().Build())
			return hooks.Reject
		})), &streamtest.Options{Window: 1000})
		c.Send("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
		err := <-result
		fmt.Println(errors.Is(err, stream.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded))
	})
	// Output:
	// true true
}

// A connection that breaks in the middle of a response.
func ExampleConn_ResetAfter() {
	run(func(t streamtest.TB) {
		result := make(chan error, 1)
		c := streamtest.Dial(t, adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
			result <- s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"))
			return hooks.Reject
		}), nil)
		c.Conn().(*streamtest.Conn).ResetAfter(45)
		c.Send("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
		fmt.Println(errors.Is(<-result, syscall.ECONNRESET))
		got, err := c.Next("GET")
		fmt.Println(got.Text, errors.Is(err, syscall.ECONNRESET))
	})
	// Output:
	// true
	// 012345 true
}

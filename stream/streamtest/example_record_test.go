package streamtest_test

import (
	"fmt"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
)

// A hook that sends on its Stream takes the connection over, even from a recorder.
func ExampleRecord() {
	run(func(t streamtest.TB) {
		frames := adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
			head := []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			if s.SendList([][]byte{head, []byte("5\r\nhello\r\n"), []byte("3\r\nyou\r\n"), []byte("0\r\n\r\n")}) != nil {
				return hooks.Reject
			}
			return hooks.Continue
		})
		rec := streamtest.Record(t, frames, httptest.NewRequest("GET", "/", nil), nil)
		fmt.Printf("%q\n", rec.Client.Want("GET").Chunks())
		fmt.Printf("%q\n", rec.Client.Get("/again").Wire)
	})
	// Output:
	// ["hello" "you"]
	// "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n"
}

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

// A handler that hijacks needs no server at all.
func ExampleNewRecorder() {
	run(func(t streamtest.TB) {
		rec := streamtest.NewRecorder(t, nil)
		conn, _, err := rec.Hijack() // as a handler does
		if err != nil {
			t.Fatalf("%v", err)
		}
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nraw")
		conn.Close()
		fmt.Println(rec.Client.Want("GET").Text)
		fmt.Println(rec.Client.WantEnd())
	})
	// Output:
	// raw
	// <nil>
}

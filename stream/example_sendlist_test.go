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

// Ten events in one write, after a head that announces no length: SetClosed ends the
// response with the connection.
func ExampleStream_TrySendList() {
	hook := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Header.Set("Content-Type", "text/event-stream")
		frames := [][]byte{c.Response().Build()}
		for i := range 10 {
			frames = append(frames, fmt.Appendf(nil, "data:%d\n\n", i))
		}
		if err := s.TrySendList(frames); err != nil {
			return hooks.Reject // all of the frames were sent, or none
		}
		s.SetClosed(true)
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
	body, err := io.ReadAll(resp.Body)
	fmt.Println(resp.Header.Get("Content-Type"), len(body), "bytes", err)
	fmt.Printf("%q ... %q\n", body[:8], body[len(body)-8:])
	// Output:
	// text/event-stream 80 bytes <nil>
	// "data:0\n\n" ... "data:9\n\n"
}

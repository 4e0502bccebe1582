package stream_test

import (
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

func ExampleResponse_Build() {
	hook := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Header.Set("Date", "Mon, 05 Oct 2026 12:00:00 GMT") // filled in otherwise
		c.Response().Header.Set("X-Note", "one line\r\nSet-Cookie: stays in it")
		c.Response().Body = []byte("<!doctype html><p>hello")
		fmt.Println(strings.ReplaceAll(string(c.Response().Build()), "\r\n", "\n"))
		return hooks.Continue
	})
	adapter.Handler(hook).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	// Output:
	// HTTP/1.1 200 OK
	// Date: Mon, 05 Oct 2026 12:00:00 GMT
	// X-Note: one line  Set-Cookie: stays in it
	// Content-Type: text/html; charset=utf-8
	// Content-Length: 23
	//
	// <!doctype html><p>hello
}

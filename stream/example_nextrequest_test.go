package stream_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// One run of a hook serves all requests of a connection.
func ExampleStream_NextRequest() {
	hook := hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		for n := 1; ; n++ {
			c.Response().SetBody(http.StatusOK, "text/plain", fmt.Sprint("answer ", n, " to ", c.Request().URL))
			if err := s.TrySend(c.Response().Build()); err != nil {
				return hooks.Reject
			}
			if _, err := s.NextRequest(); err != nil {
				return hooks.Reject // the connection has come to its end
			}
		}
	})
	srv := httptest.NewServer(adapter.Handler(hook))
	defer srv.Close()

	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n"+ // pipelined
		"GET /b HTTP/1.1\r\nHost: example.com\r\n\r\n"+
		"GET /c HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n")
	answers := bufio.NewReader(conn)
	for range 3 {
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(resp.Body)
		fmt.Println(string(body))
	}
	_, err = answers.ReadByte()
	fmt.Println(err)
	// Output:
	// answer 1 to /a
	// answer 2 to /b
	// answer 3 to /c
	// EOF
}

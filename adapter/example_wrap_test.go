package adapter_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// A service that knows nothing of onramp gets limits, an answer of its own for
// requests that breach them, and one Shutdown for all connections.
func ExampleAdapter_Wrap() {
	legacy := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprintln(w, n, "bytes,", err)
	})
	sorry := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().SetBody(c.RequestError().Status, "text/plain", "sorry, that is too much\n")
		return hooks.Continue
	})
	a := adapter.New(&adapter.Options{
		Takeover:          adapter.Eager,
		Request:           stream.RequestConfig{MaxBodySize: 10},
		RequestErrorHooks: hooks.Chain{sorry},
	})
	srv := httptest.NewUnstartedServer(a.Wrap(legacy))
	a.Register(srv.Config)
	srv.Start()
	defer srv.Close()

	for _, body := range []string{"short", "longer than ten bytes"} {
		resp, err := http.Post(srv.URL, "text/plain", strings.NewReader(body))
		if err != nil {
			fmt.Println(err)
			return
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Print(resp.StatusCode, " ", string(text))
	}
	fmt.Println(a.Shutdown(context.Background()))
	// Output:
	// 200 5 bytes, <nil>
	// 413 sorry, that is too much
	// <nil>
}

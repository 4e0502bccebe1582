package adapter_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
)

// What an operator reads by default names no client, and nothing that clients have sent.
func ExampleLog() {
	withoutTime := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	logger := slog.New(slog.NewTextHandler(os.Stdout, withoutTime))
	a := adapter.New(&adapter.Options{
		Request:  stream.RequestConfig{MaxPathSize: 20},
		Observer: adapter.Log(logger, nil),
	})
	h := a.Wrap(http.NotFoundHandler())
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/short", nil))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/that/is/longer/than/it/may/be", nil))
	// Output:
	// level=INFO msg="request refused" conn=0 status=414 op="read request line"
}

package adapter_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
)

// A shutdown that may take 10 ms, while a handler takes longer.
func ExampleShutdownError() {
	begun := make(chan struct{})
	srv := &adapter.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	})}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() { _ = srv.Serve(ln) }()
	go func() { _, _ = http.Get("http://" + ln.Addr().String()) }()
	<-begun

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	err = srv.Shutdown(ctx)
	fmt.Println(err)
	if report := new(adapter.ShutdownError); errors.As(err, &report) {
		fmt.Println(report.Open[stream.KindRequest], report.Open[stream.KindWebSocket])
	}
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output:
	// adapter: shutdown: 1 request cut: context deadline exceeded
	// 1 0
	// true
}

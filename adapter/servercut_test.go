package adapter_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
)

// A Shutdown that comes while connections pass from the greeting to whoever serves them
// cuts no request whose handler has begun.
func TestServerShutdownLetsGreetedFinish(t *testing.T) {
	t.Parallel()
	const rounds, clients = 60, 100
	for range rounds {
		both := new(http.Protocols)
		both.SetHTTP1(true)
		both.SetUnencryptedHTTP2(true) // so that each connection is greeted
		var begun, answered atomic.Int64
		down, stopping := make(chan struct{}), make(chan struct{})
		first := sync.OnceFunc(func() { close(down) })
		srv := &adapter.Server{Protocols: both, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			begun.Add(1)
			first()
			<-stopping
			_, _ = io.WriteString(w, "ok")
		})}
		srv.RegisterOnShutdown(func() { close(stopping) })
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		var running sync.WaitGroup
		running.Go(func() { _ = srv.Serve(l) })
		for range clients {
			conn, err := net.Dial("tcp", l.Addr().String())
			require.NoError(t, err)
			running.Go(func() {
				defer conn.Close()
				_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
				_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
				resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					return
				}
				if body, _ := io.ReadAll(resp.Body); string(body) == "ok" {
					answered.Add(1)
				}
			})
		}
		<-down
		require.NoError(t, srv.Shutdown(context.Background()))
		running.Wait()
		require.Equal(t, begun.Load(), answered.Load())
	}
}

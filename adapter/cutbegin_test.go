package adapter_test

import (
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/require"
)

// TestCutWhileHookBegins: the Stream's context of a hook that begins at the very moment at
// which its connection dies did not end, and a hook that waits for nothing else never
// returned. Whoever told of the death had found no hook, and had not yet marked the request.
func TestCutWhileHookBegins(t *testing.T) {
	t.Parallel()
	const rounds, conns = 30, 16
	for range rounds {
		inside, begin, closed, ended := make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan struct{})
		waits := adapter.Handler(hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
			<-closed // a watch that began earlier would find out
			<-s.Context().Done()
			return hooks.Continue
		}))
		srv := &adapter.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() { ended <- struct{}{} }()
			inside <- struct{}{}
			<-begin
			waits.ServeHTTP(w, r)
		})}
		s := streamtest.Serve(t, srv, nil)
		for range conns {
			s.Dial().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			receive(t, inside, "a request")
		}
		close(begin)
		require.NoError(t, srv.Close())
		close(closed)
		for range conns {
			receive(t, ended, "a hook that waits for its Stream's end")
		}
	}
}

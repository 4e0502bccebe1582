package stream_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// A guarded writer is that of a middleware, which ends it when its handler has returned,
// as compression does. Each Write waits for the hook to return.
type guarded struct {
	http.ResponseWriter
	returns chan struct{}
	over    atomic.Bool
	late    atomic.Int64 // bytes that came when it was over
}

func (w *guarded) Write(p []byte) (int, error) {
	<-w.returns
	if w.over.Load() {
		w.late.Add(int64(len(p)))
	}
	return w.ResponseWriter.Write(p)
}

func (w *guarded) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// What a hook has sent over the writer of middleware between two layers goes out before
// that middleware gets it back. The outbound queue went on writing behind its end, which
// is a data race with chi's Logger, and lost the rest of what Compress had to compress.
// What is sent later goes past it.
func TestSentBeforeMiddlewareReturns(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
		for name, panics := range map[string]bool{"returns": false, "panics": true} {
			t.Run(protocol+" "+name, func(t *testing.T) {
				t.Parallel()
				var w *guarded
				var kept *stream.Stream
				route := adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
					kept = s
					defer close(w.returns)
					assert.NoError(t, s.Send([]byte("HTTP/1.1 200 OK\r\n")))
					assert.NoError(t, s.TrySend([]byte("Content-Length: 10\r\n\r\n")))
					for range 4 {
						assert.NoError(t, s.TrySend([]byte("xy")))
					}
					if panics {
						panic(http.ErrAbortHandler)
					}
					return hooks.Continue
				})
				between := http.HandlerFunc(func(below http.ResponseWriter, r *http.Request) {
					w = &guarded{ResponseWriter: below, returns: make(chan struct{})}
					defer w.over.Store(true)
					defer func() { // the rest of the response follows
						if panics {
							assert.Equal(t, http.ErrAbortHandler, recover())
						}
					}()
					route.ServeHTTP(w, r)
				})
				late := make(chan error, 1)
				outer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					between(w, r)
					late <- kept.TrySend([]byte("zz"))
				})
				a := adapter.New(&adapter.Options{Takeover: adapter.Never})
				srv := httptest.NewUnstartedServer(a.Wrap(outer))
				srv.EnableHTTP2 = protocol == "HTTP/2.0"
				srv.StartTLS()
				defer srv.Close()
				resp, err := srv.Client().Get(srv.URL)
				require.NoError(t, err)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				assert.Equal(t, "xyxyxyxyzz", string(body))
				assert.NoError(t, <-late)
				assert.Zero(t, w.late.Load(), "bytes for a writer that is over")
			})
		}
	}
}

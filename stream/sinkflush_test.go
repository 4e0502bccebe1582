package stream_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHeadGoesOutAlone: a head that was sent reaches the client before any body does,
// as on a raw connection, and the body is what was sent behind it.
func TestHeadGoesOutAlone(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(*stream.Stream, []byte) error{
		"Send":    (*stream.Stream).Send,
		"TrySend": (*stream.Stream).TrySend,
	} {
		for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
			t.Run(name+" "+protocol, func(t *testing.T) {
				t.Parallel()
				seen := make(chan struct{})
				a := adapter.New(&adapter.Options{Takeover: adapter.Never})
				srv := httptest.NewUnstartedServer(a.Wrap(adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
					c.Response().Header.Set("Content-Type", "text/event-stream")
					assert.NoError(t, send(s, c.Response().Build()))
					select {
					case <-seen:
					case <-s.Context().Done():
						return hooks.Reject
					}
					assert.NoError(t, send(s, []byte("data: 1\n\n")))
					assert.NoError(t, send(s, []byte("data: 2\n\n")))
					return hooks.Continue
				})))
				srv.EnableHTTP2 = protocol == "HTTP/2.0"
				srv.StartTLS()
				defer srv.Close()
				resp, err := srv.Client().Get(srv.URL)
				require.NoError(t, err)
				assert.Equal(t, protocol, resp.Proto)
				close(seen)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				assert.Equal(t, "data: 1\n\ndata: 2\n\n", string(body))
				assert.Equal(t, http.StatusOK, resp.StatusCode)
			})
		}
	}
}

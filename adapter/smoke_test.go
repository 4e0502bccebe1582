package adapter_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/require"
)

func TestSmoke(t *testing.T) {
	for _, mode := range []string{"rung0", "ondemand", "eager"} {
		t.Run(mode, func(t *testing.T) {
			r := chi.NewRouter()
			r.Method("GET", "/hijacked", adapter.Handler(hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
				c.Response().Body = []byte("hijacked " + fmt.Sprint(s.Served()))
				require.NoError(t, s.Send(c.Response().Build()))
				return hooks.Reject
			})))
			r.Get("/legacy/{id}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "legacy %s", chi.URLParam(r, "id")) })
			var h http.Handler = r
			switch mode {
			case "ondemand":
				h = adapter.New(nil).Wrap(r)
			case "eager":
				h = adapter.New(&adapter.Options{Takeover: adapter.Eager}).Wrap(r)
			}
			srv := httptest.NewServer(h)
			defer srv.Close()
			c, err := net.Dial("tcp", srv.Listener.Addr().String())
			require.NoError(t, err)
			defer c.Close()
			br := bufio.NewReader(c)
			for i := range 1000 {
				path := []string{"/hijacked", "/legacy/7"}[i%2]
				fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path)
				resp, err := http.ReadResponse(br, nil)
				require.NoError(t, err)
				b, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				if i < 6 {
					t.Log(resp.StatusCode, string(b), resp.Header)
				}
			}
		})
	}
}

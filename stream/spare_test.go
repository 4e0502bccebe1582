package stream_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSpare: an exchange that serves the next request has nothing of the last one in it,
// whatever a handler without hooks can do. One that somebody has asked for serves no other.
func TestSpare(t *testing.T) {
	t.Parallel()
	h := &host{settings: stream.Settings{
		QueueSize: 1 << 20, IdleTimeout: -1,
		Request:  stream.RequestConfig{MaxBodySize: 1 << 20, MaxHeaderCount: 50, ReadTimeout: time.Minute},
		Observer: stream.NopObserver{}, BodyTimeout: time.Minute,
	}}
	handlers := map[string]http.HandlerFunc{
		"/write": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") },
		"/empty": func(http.ResponseWriter, *http.Request) {},
		"/flush": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			w.Header().Set(http.TrailerPrefix+"T", "v")
		},
		"/body": func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) },
		"/form": func(_ http.ResponseWriter, r *http.Request) {
			assert.NoError(t, r.ParseMultipartForm(1))
		},
		"/controls": func(w http.ResponseWriter, _ *http.Request) {
			rc := http.NewResponseController(w)
			assert.NoError(t, rc.SetReadDeadline(time.Now().Add(time.Minute)))
			assert.NoError(t, rc.SetWriteDeadline(time.Now().Add(time.Minute)))
			assert.NoError(t, rc.EnableFullDuplex())
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusNoContent)
			w.WriteHeader(http.StatusOK) // superfluous
		},
		"/entered": func(_ http.ResponseWriter, r *http.Request) { assert.True(t, stream.Entered(r)) },
		"/asked":   func(_ http.ResponseWriter, r *http.Request) { _ = r.Context().Done() },
		"/hooked": func(w http.ResponseWriter, r *http.Request) {
			x, back := stream.Enter(w, r, h, false)
			defer x.Leave(back)
			x.Stream().SetClosed(false)
		},
	}
	h.serve = func(x *stream.Exchange) { handlers[x.Request().URL.Path](x.Arrived()) }
	c, client := h.open(t)
	const form = "--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\nxyz\r\n--b--\r\n"
	bodies := []string{
		"", "Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n",
		"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
	}
	for range 2 {
		for path := range handlers {
			for _, body := range bodies {
				fields := body
				switch {
				case path == "/form":
					fields = "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + strconv.Itoa(len(form)) + "\r\n\r\n" + form
				case strings.HasPrefix(body, "Expect") && path != "/body":
					continue // it ends the connection
				case body == "":
					fields = "\r\n"
				}
				got, err := client.Send("POST " + path + " HTTP/1.1\r\nHost: a\r\n" + fields).Next("POST")
				require.NoError(t, err, path)
				require.False(t, got.Close, "%s %q", path, body)
				require.Eventually(t, func() bool { return c.Kind() == stream.KindIdle }, time.Minute, time.Millisecond)
				kept, want := c.Spare()
				if path == "/asked" || path == "/hooked" {
					assert.Nil(t, kept, path)
				} else {
					assert.Equal(t, want, kept, "%s %q", path, body)
				}
			}
		}
	}
}

package adapter_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// TestAnswerOrders: who has an answer may look at what its handler did before, as with
// net/http. Under the race detector that was reported, because answers went out in system calls
// that it does not know: the last one of a connection, and several frames at a time.
func TestAnswerOrders(t *testing.T) {
	large := strings.Repeat("l", 300<<10)
	for name, answer := range map[string]struct {
		request string
		write   func(s *stream.Stream, w http.ResponseWriter)
	}{
		"kept":  {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", func(_ *stream.Stream, w http.ResponseWriter) { text("x")(w, nil) }},
		"last":  {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", func(_ *stream.Stream, w http.ResponseWriter) { text("x")(w, nil) }},
		"large": {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", func(_ *stream.Stream, w http.ResponseWriter) { text(large)(w, nil) }},
		"frames": {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", func(s *stream.Stream, _ http.ResponseWriter) {
			head := []byte("HTTP/1.1 200 OK\r\nContent-Length: 614400\r\n\r\n")
			_ = s.SendList([][]byte{head, []byte(large), []byte(large)})
		}},
	} {
		for carrier, open := range map[string]func(h http.Handler) starter{
			"Server": func(h http.Handler) starter { return &adapter.Server{Handler: h} },
			"Eager": func(h http.Handler) starter {
				return &http.Server{Handler: adapter.New(&adapter.Options{Takeover: adapter.Eager}).Wrap(h)}
			},
		} {
			t.Run(name+" "+carrier, func(t *testing.T) {
				t.Parallel()
				done := 0 // without a lock
				h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					done++
					adapter.Handler(hooks.HookFunc(func(s *stream.Stream, _ *stream.Context) hooks.Status {
						answer.write(s, w)
						return hooks.Continue
					})).ServeHTTP(w, r)
				})
				p := start(t, open(h), false).Dial()
				for n := range 2 {
					assert.Equal(t, http.StatusOK, p.Send(answer.request).Want("GET").StatusCode)
					assert.Equal(t, n+1, done)
					if name == "last" {
						return
					}
				}
			})
		}
	}
}

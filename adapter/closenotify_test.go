package adapter_test

import (
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCloseNotifyElsewhere: older handlers wait for the client on a goroutine of their own,
// which asks for the channel while they write. net/http has a lock for that. The channel lay
// with what else few responses have, so that the two made it at the same time: trailers got
// lost, and so did the error of a write.
func TestCloseNotifyElsewhere(t *testing.T) {
	const asking = 4
	for _, m := range mounts() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.Handle("/hook", adapter.Handler(hook(leavings)))
			mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
				got := make(chan (<-chan bool), asking)
				for range asking {
					go func() { got <- w.(closeNotifier).CloseNotify() }()
				}
				w.Header().Set("Trailer", "X-End")
				_, _ = w.Write([]byte("body"))
				_ = http.NewResponseController(w).Flush()
				w.Header().Set("X-End", "trailer")
				first := <-got
				for range asking - 1 {
					assert.Equal(t, first, <-got)
				}
			})
			p := serve(t, m.wrap(t, mux), nil).Dial()
			require.Equal(t, "[]", p.Get("/hook").Text) // which takes the connection over
			for range 20 {
				got := p.Get("/")
				assert.Equal(t, "body", got.Text)
				assert.Equal(t, "trailer", got.Trailer.Get("X-End"))
			}
		})
	}
}

// closeNotifier is http.CloseNotifier, which is deprecated and still in use.
type closeNotifier interface{ CloseNotify() <-chan bool }

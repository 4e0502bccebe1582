package adapter_test

import (
	"bufio"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDrainWindow: 2,000 clients are spread over the window, each ends by its protocol, and
// event streams come back as spread again.
func TestDrainWindow(t *testing.T) {
	const (
		clients = 2000
		window  = 2 * time.Second
		bin     = 100 * time.Millisecond
	)
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mux := http.NewServeMux()
		mux.Handle("/events", adapter.Handler(sse.Hook(func(x *sse.Session) error {
			if err := x.Start(); err != nil {
				return err
			}
			<-x.Context().Done()
			return nil
		}, &sse.Options{ReturnWithin: window})))
		mux.Handle("/ws", adapter.Handler(ws.Hook(func(*ws.Conn, int, []byte) error { return nil }, &ws.Options{Detach: true})))
		s := startOver(t, &adapter.Server{Handler: mux, Options: &adapter.Options{DrainWindow: window}}, false, nil)

		var mu sync.Mutex // guards what follows
		var ended, returns []time.Duration
		var waiting sync.WaitGroup
		var began time.Time
		for i := range clients {
			c := s.Dial()
			waiting.Go(func() {
				back := -time.Second
				if i%2 == 0 {
					c.Send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
					back = farewell(t, c)
				} else {
					c.Send(handshake).Want("GET")
					assert.Equal(t, "\x03\xe9going away", c.WantFrame().Payload)
				}
				at := time.Since(began)
				if i%2 == 1 {
					c.SendFrame(streamtest.Frame{Final: true, Opcode: ws.CloseMessage, Payload: "\x03\xe9"})
				}
				c.Close() // else the server gives it a moment to do so
				mu.Lock()
				defer mu.Unlock()
				ended = append(ended, at)
				if back >= 0 {
					returns = append(returns, back)
				}
			})
		}
		synctest.Wait()
		began = time.Now()
		require.NoError(t, s.Shutdown(t.Context()))
		assert.LessOrEqual(t, time.Since(began), window)
		waiting.Wait()
		assertSpread(t, ended, clients, window, bin)
		assertSpread(t, returns, clients/2, window, bin)
	})
}

// farewell reads an event stream to its orderly end, and returns the time after which the
// client is to come back.
func farewell(t *testing.T, c *streamtest.Client) time.Duration {
	resp, err := http.ReadResponse(c.Reader(), nil)
	if !assert.NoError(t, err) {
		return 0
	}
	defer func() { _ = resp.Body.Close() }()
	var back time.Duration
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if ms, ok := strings.CutPrefix(lines.Text(), "retry: "); ok {
			n, err := strconv.Atoi(ms)
			assert.NoError(t, err)
			back = time.Duration(n) * time.Millisecond
		}
	}
	assert.NoError(t, lines.Err())
	return back
}

// assertSpread asserts that there are n moments, within the window, and no more than a
// tenth of them within any bin.
func assertSpread(t *testing.T, moments []time.Duration, n int, window, bin time.Duration) {
	t.Helper()
	assert.Len(t, moments, n)
	bins := make(map[time.Duration]int)
	for _, at := range moments {
		assert.LessOrEqual(t, at, window)
		bins[at/bin]++
	}
	for at, count := range bins {
		assert.LessOrEqual(t, count, n/10, "from %v on", at*bin)
	}
}

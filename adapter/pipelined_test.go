package adapter_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// numbered answers each request with its number and 16 KiB, in one of the ways there are to
// answer, and counts requests.
func numbered(way string, served *atomic.Int64) http.Handler {
	page := func(r *http.Request) string {
		served.Add(1)
		return r.URL.Query().Get("n") + strings.Repeat(".", 16<<10)
	}
	if way == "written" {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, page(r)) })
	}
	return adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().SetBody(http.StatusOK, "text/plain", page(c.Request()))
		switch way {
		case "sent":
			_ = s.Send(c.Response().Build())
		case "tried":
			for p := c.Response().Build(); s.TrySend(p) == stream.ErrBufferFull; {
				if s.Flush() != nil {
					return hooks.Reject
				}
			}
		case "flooded": // 4 MiB in one response, in pieces that the queue may take or not
			p := []byte(page(c.Request()))
			c.Response().Header.Set("Content-Length", strconv.Itoa(256*len(p)))
			c.Response().Body = nil
			_ = s.TrySend(c.Response().Build())
			for range 256 {
				for s.TrySend(p) == stream.ErrBufferFull {
					if s.Flush() != nil {
						return hooks.Reject
					}
				}
			}
		}
		return hooks.Continue
	}))
}

// pipeline sends n numbered requests, or as many as the server takes.
func pipeline(c *streamtest.Client, n int) {
	for i := range n {
		if _, err := fmt.Fprintf(c.Conn(), "GET /?n=%d HTTP/1.1\r\nHost: a\r\n\r\n", i); err != nil {
			return
		}
	}
}

// TestPipelinedUnread: 1,000 requests of a client that stops reading are answered in order
// as long as it reads, then run no further than the bounds let them, and the write time-out
// ends it.
func TestPipelinedUnread(t *testing.T) {
	const window, queue, page, requests, read = 64 << 10, 32 << 10, 16 << 10, 1000, 30
	for _, way := range []string{"written", "staged", "sent", "tried"} {
		for _, m := range mounts() {
			if m.mode != adapter.Eager {
				continue
			}
			t.Run(way+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var served atomic.Int64
					seen := newLedger()
					h := m.with(t, numbered(way, &served), adapter.Options{Observer: seen, QueueSize: queue, WriteTimeout: writeBound})
					c := serveOver(t, h, nil, &streamtest.Options{Window: window, Patience: time.Hour}).Dial()
					begun := time.Now()
					var sending sync.WaitGroup
					sending.Go(func() { pipeline(c, requests) })
					for i := range read {
						require.Equal(t, strconv.Itoa(i), strings.TrimRight(c.Want("GET").Text, "."))
					}
					synctest.Wait()
					// What the window, the client's buffer and the queue hold, and one in hand.
					assert.LessOrEqual(t, served.Load(), int64(read+(window+queue)/page+3))
					seen.mu.Lock()
					gauges := seen.samples[len(seen.samples)-1]
					seen.mu.Unlock()
					assert.LessOrEqual(t, gauges().Queued, int64(queue+2*page))
					seen.until(t, "the end of the connection", func() bool { return len(seen.conns) == 1 })
					assert.Equal(t, writeBound, time.Since(begun))
					assert.Equal(t, stream.ClosedSlowReader, seen.conns[0].Reason)
					sending.Wait()
				})
			})
		}
	}
}

// TestPipelinedUnreadMemory: what a hundred such clients cost has nothing to do with what
// they ask for. It runs alone.
func TestPipelinedUnreadMemory(t *testing.T) {
	const window, queue, clients, requests, most = 16 << 10, 32 << 10, 100, 1000, 256 << 10
	for _, way := range []string{"written", "tried", "flooded"} {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var served atomic.Int64
				srv := &adapter.Server{Handler: numbered(way, &served), Options: &adapter.Options{QueueSize: queue, WriteTimeout: time.Hour}}
				s := startOver(t, srv, false, &streamtest.Options{Window: window})
				heap := func() int64 {
					synctest.Wait()
					runtime.GC()
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					return int64(m.HeapAlloc + m.StackInuse)
				}
				before := heap()
				var sending sync.WaitGroup
				for range clients {
					c := s.Dial()
					sending.Go(func() { pipeline(c, requests) })
				}
				grown := heap() - before
				assert.LessOrEqual(t, grown/clients, int64(most), "bytes for each client; all that they ask for is %d", requests*16<<10)
				assert.GreaterOrEqual(t, served.Load(), int64(clients))
				require.NoError(t, srv.Close())
				sending.Wait()
			})
		})
	}
}

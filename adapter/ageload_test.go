package adapter_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
)

// TestMaxConnAgeUnderLoad: while connections grow old under clients that do not wait for
// answers, each request is served once, and answered to the one that made it; a connection
// ends behind an answer that says so, and what was sent behind that is served by nobody until
// it is sent again.
func TestMaxConnAgeUnderLoad(t *testing.T) {
	const age, life, clients = time.Second, 4 * time.Second, 10
	for _, m := range mounts() {
		if m.mode != adapter.Eager {
			continue // nothing is kept that was taken over
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex // guards served
				served := make(map[string]int)
				note := func(r *http.Request) string {
					body, _ := io.ReadAll(r.Body)
					mu.Lock()
					defer mu.Unlock()
					served[string(body)]++
					return string(body)
				}
				mux := http.NewServeMux()
				mux.HandleFunc("/0", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, note(r)) })
				mux.HandleFunc("/1", func(w http.ResponseWriter, r *http.Request) {
					time.Sleep(20 * time.Millisecond)
					_, _ = io.WriteString(w, note(r))
					_ = http.NewResponseController(w).Flush()
				})
				mux.Handle("/2", adapter.HandlerFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
					c.Response().Body = []byte(note(c.Request()))
					return hooks.Continue
				}))
				mux.Handle("/3", adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
					c.Response().Body = []byte(note(c.Request()))
					_ = s.Send(c.Response().Build())
					return hooks.Reject
				}))
				l := newLedger()
				h := m.with(t, mux, adapter.Options{MaxConnAge: age, Observer: l})
				s := serveOver(t, h, nil, &streamtest.Options{Latency: 3 * time.Millisecond})
				until := time.Now().Add(life)
				total, conns := 0, 0
				var running sync.WaitGroup
				for n := range clients {
					running.Go(func() {
						asked, opened := besiege(t, s, n, until)
						mu.Lock()
						defer mu.Unlock()
						total += asked
						conns += opened
					})
				}
				running.Wait()
				assert.Len(t, served, total)
				for body, times := range served {
					assert.Equal(t, 1, times, body)
				}
				assert.GreaterOrEqual(t, conns, clients*3)
				l.settled(t)
				for _, end := range l.conns {
					assert.Equal(t, stream.ClosedComplete, end.Reason)
					assert.Less(t, end.Life, age+time.Second)
				}
			})
		})
	}
}

// besiege is a client that has up to four requests under way until the time is over, and its
// connection has been closed. It returns how many requests it has made, and over how many
// connections.
func besiege(t *testing.T, s *service, n int, until time.Time) (asked, conns int) {
	random := rand.New(rand.NewPCG(uint64(n), 5))
	var open []string // bodies of requests that were not answered, the oldest first
	for time.Now().Before(until) || len(open) > 0 {
		c := s.Dial()
		conns++
		sent := 0
		for last := false; !last; {
			for sent < 1+random.IntN(4) {
				if sent == len(open) {
					open = append(open, fmt.Sprint(n, ".", asked))
					asked++
				}
				body := open[sent]
				c.Send(fmt.Sprintf("POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", random.IntN(4), len(body), body))
				sent++
			}
			got := c.Want("POST")
			assert.Equal(t, open[0], got.Text)
			open, sent, last = open[1:], sent-1, got.Close
			time.Sleep(time.Duration(random.IntN(3)) * time.Millisecond)
		}
		c.WantEnd()
		c.Close()
	}
	return asked, conns
}

//go:build linux

package load_test

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// TestNeverReads has a client pipeline a thousand requests for 16 MiB and read nothing. The
// server's memory does not grow with them, the write deadline ends it, and what had left
// until then is in order and right.
func TestNeverReads(t *testing.T) {
	const requests, size = 1000, 16 << 10
	for _, kind := range kinds {
		for _, how := range work.Answers {
			t.Run(kind+"/"+how, func(t *testing.T) {
				t.Parallel()
				cfg := config(kind)
				cfg.Write = sized(time.Second, 10*time.Second)
				s := start(t, cfg)
				before := state(t, s)
				c := dial(t, s)
				var all []byte
				for i := range requests {
					all = fmt.Appendf(all, "GET %s%s HTTP/1.1\r\nHost: soak\r\n", work.AnswerPath, how)
					all = append(work.Label{Client: work.Faulty(0), Seq: int64(i), Size: size}.Append(all), "\r\n"...)
				}
				go func() { _, _ = c.Write(all) }() // it may not be taken as a whole
				held, last := uint64(0), int64(0)
				require.Eventually(t, func() bool {
					st := state(t, s)
					if st.Faulty == last { // nothing moves, so that nothing but what is held was counted
						held = max(held, st.Heap)
					}
					last = st.Faulty
					return last > 0 && st.Descriptors <= before.Descriptors
				}, patience, 20*time.Millisecond, "the client is still there")
				assert.Positive(t, held)
				assert.Less(t, held, before.Heap+4*adapter.DefaultQueueSize)
				got := 0
				for ; got < requests; got++ {
					resp, err := c.answer()
					if err != nil {
						break
					}
					body, err := io.ReadAll(resp.Body)
					if err != nil {
						break
					}
					require.NoError(t, work.CheckBody(body, work.Faulty(0), int64(got), size))
				}
				assert.Positive(t, got)
				assert.Less(t, got, requests)
				back(t, s, before)
				t.Logf("%s: %d answers had left, at most %d KiB more on the heap", t.Name(), got, int64(held-before.Heap)>>10)
			})
		}
	}
}

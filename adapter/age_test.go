package adapter_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
)

// TestMaxConnAge: a connection that has grown old is closed behind an answer that says so,
// and connections that began together are not closed together.
func TestMaxConnAge(t *testing.T) {
	const (
		age   = 100 * time.Second
		every = time.Second
		conns = 20
	)
	for _, m := range mounts() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := m.with(t, text("x"), adapter.Options{MaxConnAge: age})
				s := serveOver(t, h, nil, nil)
				begun := time.Now()
				ends := make(map[time.Duration]int)
				open := make(map[*streamtest.Client]bool)
				for range conns {
					open[s.Dial()] = true
				}
				for time.Since(begun) < age+every {
					for c := range open {
						if c.Get("/").Close {
							ends[time.Since(begun)]++
							c.WantEnd()
							delete(open, c)
						}
					}
					time.Sleep(every)
				}
				if m.mode != adapter.Eager {
					assert.Empty(t, ends, "there is nothing that was taken over")
					return
				}
				assert.Greater(t, len(ends), 5)
				total := 0
				for at, n := range ends {
					total += n
					assert.GreaterOrEqual(t, at, age-age/10)
					assert.LessOrEqual(t, at, age)
				}
				assert.Equal(t, conns, total)
			})
		})
	}
}

package http1_test

import (
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A deadline ends reads by others as it did before the watch, and the watch itself
// only where passing it counts as leaving.
func TestWatchAndDeadlines(t *testing.T) {
	t.Parallel()
	type step struct {
		in   time.Duration // deadline; 0: none
		ends bool
	}
	for _, c := range []struct {
		what   string
		before []step // the watch
		during []step // it
		gone   time.Duration
		reads  time.Duration // when the first read behind the watch fails, a minute later; 0: at once
	}{
		{"none", nil, nil, 0, 0},
		{"does not end", []step{{time.Second, false}}, nil, 0, 0},
		{"ends", []step{{time.Second, true}}, nil, time.Second, 0},
		{"set meanwhile, does not end", nil, []step{{time.Second, false}}, 0, 0},
		{"set meanwhile, ends", nil, []step{{time.Second, true}}, time.Second, 0},
		{"ends, taken back", []step{{time.Second, true}}, []step{{0, true}}, 0, 0},
		{"ends, put off", []step{{time.Second, true}}, []step{{2 * time.Second, true}}, 2 * time.Second, 0},
		{"ends no more", []step{{time.Second, true}}, []step{{2 * time.Second, false}}, 0, 0},
		{"set meanwhile, ends no more", nil, []step{{time.Second, true}, {2 * time.Second, false}}, 0, 0},
		{"does not end, then ends", []step{{time.Second, false}}, []step{{3 * time.Second, true}}, 3 * time.Second, 0},
		{"is later than the watch", []step{{2 * time.Minute, false}}, nil, 0, time.Minute},
		{"set meanwhile, is later than the watch", nil, []step{{2 * time.Minute, false}}, 0, time.Minute},
		{"ends, is later than the watch", nil, []step{{2 * time.Minute, true}}, 0, time.Minute},
		{"had passed, does not end", []step{{-time.Second, false}}, nil, 0, 0},
		{"had passed, ends", []step{{-time.Second, true}}, nil, -1, 0},
	} {
		t.Run(c.what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				server, client := net.Pipe()
				conn, gone := watched(server)
				start := time.Now()
				some := false
				set := func(steps []step) {
					for _, s := range steps {
						var d time.Time
						if s.in != 0 {
							d, some = start.Add(s.in), true
						} else {
							some = false
						}
						require.NoError(t, conn.SetReadDeadline(d, s.ends))
					}
				}
				set(c.before)
				conn.Watch()
				synctest.Wait()
				set(c.during)
				if c.gone != 0 {
					assert.ErrorIs(t, <-gone, os.ErrDeadlineExceeded)
					assert.Equal(t, max(c.gone, 0), time.Since(start))
				}
				time.Sleep(time.Minute - time.Since(start))
				synctest.Wait()
				assert.Empty(t, gone)

				conn.Unwatch()
				if some {
					_, err := conn.Reader().ReadByte()
					assert.ErrorIs(t, err, os.ErrDeadlineExceeded, "it holds for reads as if there had been no watch")
					assert.Equal(t, time.Minute+c.reads, time.Since(start))
				} else {
					read := later(func() error { _, err := conn.Reader().ReadByte(); return err })
					time.Sleep(time.Hour)
					assert.Empty(t, read)
					client.Write([]byte("x"))
					assert.NoError(t, <-read)
				}
				client.Close()
				conn.Release()
			})
		})
	}
}

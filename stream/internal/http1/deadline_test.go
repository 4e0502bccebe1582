package http1_test

import (
	"os"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

const slice = 256 << 10 // what goes out under one deadline

// The time-out holds for each slice of 256 KiB: who goes on reading may take as long
// as it likes, who stops is found out after one time-out. A deadline holds for all.
func TestTimeOutIsOfProgress(t *testing.T) {
	t.Parallel()
	const timeout = 10 * time.Second
	for _, c := range []struct {
		what     string
		pace     time.Duration // one slice every
		slices   int           // that the peer reads
		deadline time.Duration // 0: the time-out
		want     error
		ends     time.Duration
	}{
		{"steady, all the way", 9 * time.Second, 5, 0, nil, 45 * time.Second},
		{"too slow at once", 11 * time.Second, 5, 0, os.ErrDeadlineExceeded, 10 * time.Second},
		{"stops in the middle", 4 * time.Second, 3, 0, os.ErrDeadlineExceeded, 22 * time.Second},
		{"a deadline, in time", 9 * time.Second, 5, 46 * time.Second, nil, 45 * time.Second},
		{"a deadline, though it reads", 9 * time.Second, 5, 30 * time.Second, os.ErrDeadlineExceeded, 30 * time.Second},
		{"a deadline is no time-out", 29 * time.Second, 5, 150 * time.Second, nil, 145 * time.Second},
	} {
		for what, call := range map[string]func(*http1.Outbound) error{
			"Send":      func(o *http1.Outbound) error { return o.Send(nil, make([]byte, 5*slice)) },
			"Send list": func(o *http1.Outbound) error { return o.Send(nil, make([]byte, 3*slice+10), make([]byte, 2*slice-10)) },
			"Write":     func(o *http1.Outbound) error { return o.Write(make([]byte, 5*slice)) },
			"drainer": func(o *http1.Outbound) error {
				if err := o.TrySend(nil, make([]byte, 5*slice)); err != nil {
					return err
				}
				for o.Err() == nil && o.Pending() > 0 {
					time.Sleep(time.Second)
					synctest.Wait()
				}
				return o.Err()
			},
		} {
			t.Run(c.what+", "+what, func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					s := shut()
					out := under(s, 5*slice, timeout)
					start := time.Now()
					if c.deadline != 0 {
						out.SetDeadline(start.Add(c.deadline))
					}
					for i := range c.slices {
						time.AfterFunc(time.Duration(i+1)*c.pace, func() {
							select {
							case s.gate <- struct{}{}:
							default: // nobody waits any more
							}
						})
					}
					err := call(out)
					assert.Equal(t, c.ends, time.Since(start))
					if c.want == nil {
						assert.NoError(t, err)
						return
					}
					assert.ErrorIs(t, err, c.want)
					assert.ErrorIs(t, err, http1.ErrClosed, "in the middle of a write there is no way back")
				})
			})
		}
	}
}

func TestNoTimeOut(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		out := under(s, 100, 0)
		time.AfterFunc(1000*time.Hour, func() { close(s.gate) })
		require.NoError(t, out.TrySend(nil, []byte("a")))
		require.NoError(t, out.Send(nil, []byte("b")))
		for _, d := range s.deadlines {
			assert.Zero(t, d)
		}
	})
}

// A deadline that has passed ends what would have to wait, even if the peer would
// take it, and is done with when it is taken back in time.
func TestPassedDeadline(t *testing.T) {
	t.Parallel()
	for what, call := range map[string]func(*http1.Outbound) error{
		"Send":      func(o *http1.Outbound) error { return o.Send(nil, []byte("x")) },
		"Write":     func(o *http1.Outbound) error { return o.Write(make([]byte, 5000)) },
		"Exclusive": func(o *http1.Outbound) error { return o.Exclusive(func() error { panic("late") }) },
		"Flush": func(o *http1.Outbound) error {
			if err := o.Write([]byte("x")); err != nil {
				panic(err)
			}
			return o.Flush()
		},
	} {
		t.Run(what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newTap(all)
				out := under(s, 100, time.Minute)
				out.SetDeadline(time.Now())
				out.SetDeadline(time.Time{})
				require.NoError(t, out.Send(nil, []byte("in time")))
				out.SetDeadline(time.Now())
				assert.NoError(t, out.Flush(), "there is nothing to wait for")
				err := call(out)
				assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
				assert.ErrorIs(t, err, http1.ErrClosed)
				buried(t, out, s, os.ErrDeadlineExceeded)
				assert.Equal(t, "in time", s.got())
			})
		})
	}
}

// A fixed deadline is what the sink is given, before and after it is changed.
func TestSetDeadline(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newTap(0)
		out := under(s, 100, time.Minute)
		var want []time.Time
		send := func(d time.Time) {
			require.NoError(t, out.Send(nil, []byte("x")))
			want = append(want, d)
		}
		send(time.Now().Add(time.Minute))
		d := time.Now().Add(time.Hour)
		out.SetDeadline(d)
		send(d)
		time.Sleep(time.Minute)
		send(d)
		out.SetDeadline(time.Time{})
		send(time.Now().Add(time.Minute))
		assert.Equal(t, want, s.deadlines)
	})
}

// Locked keeps everybody out: nothing is accepted meanwhile, and a Follower may be read
// and changed.
func TestLocked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newTap(all)
		out := http1.Ours(under(s, 1<<20, 0)) // any other is given its bytes after they were accepted
		var f http1.Follower
		var wg sync.WaitGroup
		defer wg.Wait()
		for range 4 {
			wg.Go(func() {
				for range 100 {
					if err := out.TrySend(&f, []byte("x")); err != nil {
						assert.Equal(t, http1.ErrComplete, err)
					}
				}
			})
		}
		for range 100 {
			out.Locked(func() {
				f.Closed = http1.ErrComplete
				before := s.got()
				runtime.Gosched()
				assert.Equal(t, before, s.got())
				f.Closed = nil
			})
		}
	})
}

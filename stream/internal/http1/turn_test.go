package http1_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// Send returns when the sink has what was accepted before it, and its own.
func TestSendWaits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		out := under(s, 100, 0)
		require.NoError(t, out.TrySend(nil, []byte("a")))
		synctest.Wait()
		require.NoError(t, out.TrySend(nil, []byte("b")))
		sent := later(func() error { return out.Send(nil, []byte("c"), []byte("d")) })
		synctest.Wait()
		require.NoError(t, out.TrySend(nil, []byte("e")), "TrySend never waits, not even for a Send")
		s.gate <- struct{}{}
		synctest.Wait()
		assert.Empty(t, sent)
		s.gate <- struct{}{}
		require.NoError(t, <-sent)
		assert.Contains(t, []string{"abcde", "abecd"}, s.got(), "e was accepted before the turn of cd came")
		close(s.gate)
	})
}

// Writers get the turn in the order in which they asked for it.
func TestFirstComeFirstServed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		out := under(s, 100, 0)
		require.NoError(t, out.TrySend(nil, []byte("0")))
		synctest.Wait()
		var sent []<-chan error
		for i := 1; i < 9; i++ {
			p := fmt.Append(nil, i)
			if i%3 == 0 {
				sent = append(sent, later(func() error { return out.Write(p) })) // does not hold back: it would overtake
			} else {
				sent = append(sent, later(func() error { return out.Send(nil, p) }))
			}
			synctest.Wait()
		}
		flushed := later(out.Flush)
		synctest.Wait()
		close(s.gate)
		for _, c := range sent {
			require.NoError(t, <-c)
		}
		require.NoError(t, <-flushed)
		assert.Equal(t, "012345678", s.got())
	})
}

// When the turn does not come in time nothing is sent, and the stream lives on.
func TestTurnTimesOut(t *testing.T) {
	t.Parallel()
	for what, call := range map[string]func(*http1.Outbound) error{
		"Send":      func(o *http1.Outbound) error { return o.Send(nil, []byte("late")) },
		"Write":     func(o *http1.Outbound) error { return o.Write([]byte("late")) },
		"Flush":     (*http1.Outbound).Flush,
		"Exclusive": func(o *http1.Outbound) error { return o.Exclusive(func() error { panic("no turn") }) },
	} {
		t.Run(what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := shut()
				out := under(s, 100, 0)
				require.NoError(t, out.TrySend(nil, []byte("a")))
				synctest.Wait() // the drainer writes without a time-out
				out.Begin(time.Now().Add(time.Second))
				before := time.Now()
				called := later(func() error { return call(out) })
				err := <-called
				out.Begin(time.Time{})
				assert.Equal(t, os.ErrDeadlineExceeded, err)
				assert.NotErrorIs(t, err, http1.ErrClosed)
				assert.Equal(t, time.Second, time.Since(before))
				assert.NoError(t, out.Err())

				require.NoError(t, out.TrySend(nil, []byte("b")))
				sent := later(func() error { return out.Send(nil, []byte("c")) })
				synctest.Wait()
				close(s.gate)
				require.NoError(t, <-sent, "the one who left does not hold up the line")
				assert.Equal(t, "abc", s.got())
			})
		})
	}
}

// The one who leaves the line is not the one who stands in front.
func TestOneOfTheLineLeaves(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		out := under(s, 100, 0)
		require.NoError(t, out.TrySend(nil, []byte("a")))
		var sent []<-chan error
		for i, p := range []string{"b", "c", "d"} {
			out.Begin(time.Time{})
			if i == 1 {
				out.Begin(time.Now().Add(time.Second))
			}
			sent = append(sent, later(func() error { return out.Send(nil, []byte(p)) }))
			synctest.Wait()
		}
		out.Begin(time.Time{})
		assert.Equal(t, os.ErrDeadlineExceeded, <-sent[1])
		close(s.gate)
		require.NoError(t, <-sent[0])
		require.NoError(t, <-sent[2])
		assert.Equal(t, "abd", s.got())
	})
}

// At the very moment of the time-out either side may win; neither loses the turn.
func TestTurnComesAsTimeRunsOut(t *testing.T) {
	bubble(t, func(t *testing.T) {
		for range 200 {
			s := shut()
			out := under(s, 100, 0)
			require.NoError(t, out.TrySend(nil, []byte("a")))
			synctest.Wait()
			out.Begin(time.Now().Add(time.Second))
			sent := later(func() error { return out.Send(nil, []byte("b")) })
			synctest.Wait()
			out.Begin(time.Time{})
			time.AfterFunc(time.Second, func() { close(s.gate) })
			want := "ab"
			if err := <-sent; err != nil {
				require.Equal(t, os.ErrDeadlineExceeded, err)
				want = "a"
			}
			require.NoError(t, out.Send(nil, []byte("c")), "the turn was not lost")
			require.Equal(t, want+"c", s.got())
		}
	})
}

// Settle waits for whoever writes, dead or alive.
func TestSettle(t *testing.T) {
	t.Parallel()
	for _, dead := range []bool{false, true} {
		t.Run(fmt.Sprintf("dead %v", dead), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := shut()
				s.abort = nil // a sink that does not hear of Abort
				out := under(deaf{s}, 100, 0)
				out.Settle() // nobody writes
				require.NoError(t, out.TrySend(nil, []byte("a")))
				synctest.Wait()
				if dead {
					out.Kill(io.ErrClosedPipe)
				}
				var settled []<-chan error
				for range 3 {
					settled = append(settled, later(func() error { out.Settle(); return nil }))
				}
				synctest.Wait()
				for _, c := range settled {
					assert.Empty(t, c)
				}
				s.gate <- struct{}{}
				for _, c := range settled {
					<-c
				}
				assert.Equal(t, "a", s.got())
				if !dead {
					close(s.gate)
					assert.NoError(t, out.Send(nil, []byte("b")), "and then it goes on")
				}
			})
		})
	}
}

// deaf is a Sink that goes on writing when it is aborted.
type deaf struct{ *tap }

func (deaf) Abort() {}

func TestExclusive(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		out := under(s, 100, time.Minute)
		require.NoError(t, out.Write([]byte("held ")))
		require.NoError(t, out.TrySend(nil, []byte("queued ")))
		inside, leave := make(chan struct{}), make(chan struct{})
		called := later(func() error {
			return out.Exclusive(func() error {
				close(inside)
				<-leave
				return nil
			})
		})
		synctest.Wait()
		select {
		case <-inside:
			assert.Fail(t, "not before everything accepted is out")
		default:
		}
		close(s.gate)
		<-inside
		assert.Zero(t, s.bound(), "without a deadline there is none, whatever the time-out")
		assert.Equal(t, "held queued ", s.got())
		require.NoError(t, out.TrySend(nil, []byte("behind")))
		sent := later(func() error { return out.Send(nil, []byte(" it")) })
		synctest.Wait()
		assert.Equal(t, "held queued ", s.got(), "nobody writes meanwhile")
		close(leave)
		require.NoError(t, <-called)
		require.NoError(t, <-sent)
		assert.Equal(t, "held queued behind it", s.got())
	})
	// The deadline is the one that was set.
	synctest.Test(t, func(t *testing.T) {
		s := newTap(all)
		out := under(s, 100, time.Minute)
		want := time.Now().Add(time.Hour)
		out.SetDeadline(want)
		require.NoError(t, out.Exclusive(func() error {
			assert.Equal(t, want, s.bound())
			return nil
		}))
	})
}

// A failure of the function leaves it unknown how much went out.
func TestExclusiveFails(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newTap(all)
		out := under(s, 100, 0)
		cause := errors.New("cut")
		assert.Equal(t, cause, out.Exclusive(func() error { return cause }))
		err := out.TrySend(nil, []byte("x"))
		for _, target := range []error{http1.ErrClosed, net.ErrClosed, cause} {
			assert.ErrorIs(t, err, target)
		}
		assert.Equal(t, 1, s.aborted)
		assert.ErrorIs(t, out.Exclusive(func() error { panic("a dead one gives no turn") }), cause)
		assert.Empty(t, s.got())
	})
}

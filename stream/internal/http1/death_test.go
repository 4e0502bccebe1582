package http1_test

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// everyCall is each call of an Outbound that can fail.
var everyCall = map[string]func(*http1.Outbound) error{
	"TrySend":      func(o *http1.Outbound) error { return o.TrySend(nil, []byte("x")) },
	"TrySend none": func(o *http1.Outbound) error { return o.TrySend(nil) },
	"TryPush":      (*http1.Outbound).TryPush,
	"Send":         func(o *http1.Outbound) error { return o.Send(nil, []byte("x"), []byte("y")) },
	"Write":        func(o *http1.Outbound) error { return o.Write([]byte("x")) },
	"Write much":   func(o *http1.Outbound) error { return o.Write(make([]byte, 64<<10)) },
	"Flush":        (*http1.Outbound).Flush,
	"Exclusive":    func(o *http1.Outbound) error { return o.Exclusive(func() error { panic("dead") }) },
	"Err":          (*http1.Outbound).Err,
}

// buried asserts that out is dead of cause, and that no call brings s a byte more.
func buried(t *testing.T, out *http1.Outbound, s *tap, cause error) {
	t.Helper()
	synctest.Wait()
	s.fail(0, nil) // the sink would take again
	s.takes = all
	wire := s.got()
	for what, call := range everyCall {
		err := call(out)
		for _, target := range []error{http1.ErrClosed, net.ErrClosed, cause} {
			assert.ErrorIs(t, err, target, what)
		}
	}
	out.Settle()
	assert.Zero(t, out.Pending())
	assert.Equal(t, wire, s.got(), "not one more byte")
	assert.Equal(t, 1, s.aborted)
}

// After a write that failed, or went out in part, the Outbound is dead. What it died
// of is told to the one who was writing as well.
func TestDeath(t *testing.T) {
	t.Parallel()
	const big = 40 << 10
	for _, c := range []struct {
		what  string
		try   int // what each TryWrite takes
		part  int // what the call that fails takes
		call  func(*http1.Outbound) error
		wire  int
		waits bool // the call does not see the failure: the drainer does
	}{
		{"TrySend, at once", all, 0, func(o *http1.Outbound) error { return o.TrySend(nil, []byte("abc")) }, 0, false},
		{"TrySend, after a part", all, 2, func(o *http1.Outbound) error { return o.TrySend(nil, []byte("abc")) }, 2, false},
		{"TrySend, a list", all, 4, func(o *http1.Outbound) error { return o.TrySend(nil, []byte("abc"), []byte("def")) }, 4, false},
		{"Send, tried", all, 2, func(o *http1.Outbound) error { return o.Send(nil, []byte("abc")) }, 2, false},
		{"Send, a list", all, 3, func(o *http1.Outbound) error { return o.Send(nil, make([]byte, big), make([]byte, big)) }, 3, false},
		{"Write", all, 5, func(o *http1.Outbound) error { return o.Write(make([]byte, big)) }, 5, false},
		{"Flush", all, 1, func(o *http1.Outbound) error {
			_ = o.Write([]byte("abc"))
			return o.Flush()
		}, 1, false},
		{"TryPush", all, 1, func(o *http1.Outbound) error {
			_ = o.Write([]byte("abc"))
			return o.TryPush()
		}, 1, false},
		{"Exclusive", all, 1, func(o *http1.Outbound) error {
			_ = o.Write([]byte("abc"))
			return o.Exclusive(func() error { panic("not reached") })
		}, 1, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newTap(c.try)
				var died []error
				out := http1.NewOutbound(s, 1000, 0, func(err error) { died = append(died, err) })
				s.fail(c.part, syscall.EPIPE)
				err := c.call(out)
				for _, target := range []error{http1.ErrClosed, net.ErrClosed, syscall.EPIPE} {
					assert.ErrorIs(t, err, target)
				}
				assert.Len(t, s.got(), c.wire)
				buried(t, out, s, syscall.EPIPE)
				assert.Equal(t, []error{out.Err()}, died, "it is told once")
			})
		})
	}
}

// When the drainer fails, everybody in line is woken, and what is queued is lost.
func TestDeathWakesTheLine(t *testing.T) {
	t.Parallel()
	for what, die := range map[string]func(*http1.Outbound, *tap) error{
		"a write that fails": func(_ *http1.Outbound, s *tap) error {
			s.fail(1, syscall.ECONNRESET)
			s.gate <- struct{}{}
			return syscall.ECONNRESET
		},
		"Kill": func(o *http1.Outbound, _ *tap) error {
			o.Kill(io.ErrNoProgress)
			return io.ErrNoProgress
		},
		"a write that times out": func(*http1.Outbound, *tap) error {
			time.Sleep(time.Hour)
			return os.ErrDeadlineExceeded
		},
	} {
		t.Run(what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := shut()
				out := under(s, 100, time.Hour)
				require.NoError(t, out.TrySend(nil, []byte("abc")))
				synctest.Wait()
				out.Begin(time.Now().Add(2 * time.Hour)) // the line waits longer than the drainer
				require.NoError(t, out.TrySend(nil, []byte("def")))
				var waiting []<-chan error
				for _, what := range []string{"Send", "Write much", "Flush", "Write", "Exclusive", "Send"} {
					waiting = append(waiting, later(func() error { return everyCall[what](out) }))
					synctest.Wait()
				}
				cause := die(out, s)
				for _, c := range waiting {
					err := <-c
					assert.ErrorIs(t, err, http1.ErrClosed)
					assert.ErrorIs(t, err, cause)
				}
				assert.LessOrEqual(t, len(s.got()), 1)
				buried(t, out, s, cause)
			})
		})
	}
}

func TestKill(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newTap(all)
		out := under(s, 100, 0)
		require.NoError(t, out.Write([]byte("what it holds back is lost")))
		first, second := errors.New("first"), errors.New("second")
		out.Kill(first)
		out.Kill(second)
		assert.NotErrorIs(t, out.Err(), second, "it dies once")
		assert.Equal(t, "stream: closed: first", out.Err().Error())
		buried(t, out, s, first)
	})
	synctest.Test(t, func(t *testing.T) {
		out := under(newTap(all), 100, 0)
		out.Kill(http1.ErrClosed)
		assert.Equal(t, http1.ErrClosed, out.Err(), "which needs no wrapping")
	})
}

// A Kill ends a Send in the middle of its write, and a Follower's refusal does not
// hide the death.
func TestKillDuringSend(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		out := under(s, 100, 0)
		sent := later(func() error { return out.Send(nil, []byte("abc")) })
		synctest.Wait()
		out.Kill(io.ErrClosedPipe)
		assert.ErrorIs(t, <-sent, io.ErrClosedPipe)
		refuses := &http1.Follower{Closed: errors.New("refused")}
		assert.ErrorIs(t, out.TrySend(refuses, []byte("x")), io.ErrClosedPipe)
		assert.ErrorIs(t, out.Send(refuses, []byte("x")), io.ErrClosedPipe)
		buried(t, out, s, io.ErrClosedPipe)
	})
}

// A sink may be somebody's http.ResponseWriter. Its panic in the drainer, where
// nobody can recover, is a death like any other.
func TestDrainerPanics(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		s.onPut = func() { panic("from the writer") }
		out := under(s, 100, 0)
		require.NoError(t, out.TrySend(nil, []byte("abc")))
		synctest.Wait()
		require.NoError(t, out.TrySend(nil, []byte("def")))
		sent := later(func() error { return out.Send(nil, []byte("x")) })
		synctest.Wait()
		flushed := later(out.Flush)
		synctest.Wait()
		s.gate <- struct{}{}
		synctest.Wait()
		for _, c := range []<-chan error{sent, flushed} {
			select {
			case err := <-c:
				assert.ErrorIs(t, err, http1.ErrClosed)
				assert.ErrorContains(t, err, "panic in write")
			default:
				require.Fail(t, "still waits")
			}
		}
		buried(t, out, s, net.ErrClosed)
	})
}

// In a caller's goroutine the panic is the caller's: it can be recovered from, and
// leaves a dead Outbound and an open lock behind.
func TestCallerPanics(t *testing.T) {
	t.Parallel()
	for what, call := range map[string]func(*http1.Outbound) error{
		"Send":      func(o *http1.Outbound) error { return o.Send(nil, []byte("x")) },
		"Write":     func(o *http1.Outbound) error { return o.Write(make([]byte, 5000)) },
		"Flush":     func(o *http1.Outbound) error { return errors.Join(o.Write([]byte("x")), o.Flush()) },
		"Exclusive": func(o *http1.Outbound) error { return o.Exclusive(func() error { panic("boom") }) },
	} {
		t.Run(what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newTap(0)
				s.onPut = func() { panic("boom") }
				out := under(s, 100, 0)
				assert.PanicsWithValue(t, "boom", func() { _ = call(out) })
				buried(t, out, s, net.ErrClosed)
			})
		})
	}
}

package http1_test

import (
	"errors"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A frail connection has no descriptor of its own, and does what fails says.
type frail struct {
	net.Conn
	write func([]byte) (int, error)
	bound func(time.Time) error
}

func (f *frail) Write(p []byte) (int, error) { return f.write(p) }

func (f *frail) SetWriteDeadline(t time.Time) error { return f.bound(t) }

func (f *frail) Close() error { return nil }

func (f *frail) SetDeadline(time.Time) error { return nil }

// TestWriteThroughDies: a lone response that does not leave kills the Outbound, whether its
// write fails, panics, has no deadline or is ended from elsewhere; and what was accepted
// meanwhile does not go out.
func TestWriteThroughDies(t *testing.T) {
	t.Parallel()
	wrong := errors.New("wrong")
	calm := func(time.Time) error { return nil }
	for what, row := range map[string]struct {
		write  func(o *http1.Outbound, p []byte) (int, error)
		bound  func(time.Time) error
		panics bool
		cause  error
	}{
		"fails":       {func(*http1.Outbound, []byte) (int, error) { return 1, wrong }, calm, false, wrong},
		"panics":      {func(*http1.Outbound, []byte) (int, error) { panic(wrong) }, calm, true, http1.ErrClosed},
		"no deadline": {nil, func(time.Time) error { return wrong }, false, wrong},
		"killed": {func(o *http1.Outbound, p []byte) (int, error) {
			o.Kill(wrong)
			return len(p), nil
		}, calm, false, wrong},
		"followed": {func(o *http1.Outbound, _ []byte) (int, error) {
			if err := o.TrySend(nil, []byte("more")); err != nil {
				return 0, err
			}
			return 0, os.ErrDeadlineExceeded
		}, calm, false, os.ErrDeadlineExceeded},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				writes := 0
				f := &frail{bound: row.bound}
				c := http1.NewConn(f, http1.Config{QueueSize: 1 << 10, Timeout: time.Minute})
				f.write = func(p []byte) (int, error) {
					writes++
					require.Equal(t, 1, writes, "not one more byte")
					return row.write(c.Out, p)
				}
				var err error
				through := func() { err = c.Out.WriteThrough([]byte("response")) }
				if row.panics {
					require.PanicsWithError(t, "wrong", through)
					err = c.Out.Err()
				} else {
					through()
				}
				require.ErrorIs(t, err, row.cause)
				synctest.Wait()
				for what, call := range everyCall {
					assert.ErrorIs(t, call(c.Out), http1.ErrClosed, what)
				}
				assert.ErrorIs(t, c.Out.WriteThrough([]byte("x")), http1.ErrClosed)
				c.Out.Settle()
				assert.Zero(t, c.Out.Pending())
			})
		})
	}
}

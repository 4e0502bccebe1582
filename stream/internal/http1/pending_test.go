package http1_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// However the peer reads, Pending stays within the limit.
func TestPendingWithinTheLimit(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const limit = 64
		s := shut()
		out := under(s, limit, 0)
		accepted := 0
		for i := range 1000 {
			s.mu.Lock()
			s.takes = i % 7
			s.mu.Unlock()
			n := i*31%23 + 1
			err := out.TrySend(nil, make([]byte, n))
			if err == nil {
				accepted += n
			} else {
				assert.Equal(t, http1.ErrBufferFull, err)
				assert.Greater(t, out.Pending()+n, limit, "refused without need")
			}
			synctest.Wait()
			assert.LessOrEqual(t, out.Pending(), limit)
			assert.Equal(t, accepted-len(s.got()), out.Pending())
			if i%3 == 0 {
				select {
				case s.gate <- struct{}{}:
				default:
				}
			}
			synctest.Wait()
		}
		close(s.gate)
		require.NoError(t, out.Flush())
		assert.Len(t, s.got(), accepted)
	})
}

// What a Flush hands over was accepted and is not with the peer yet: it counts.
func TestPendingWhileFlushing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		out := under(s, 10, 0)
		require.NoError(t, out.TrySend(nil, []byte("a")))
		synctest.Wait()
		require.NoError(t, out.TrySend(nil, []byte("bcdefghij")))
		flushed := later(out.Flush)
		synctest.Wait()
		assert.Equal(t, 10, out.Pending())
		s.gate <- struct{}{} // the drainer is done, the turn is Flush's
		synctest.Wait()
		assert.Equal(t, 9, out.Pending())
		assert.Equal(t, http1.ErrBufferFull, out.TrySend(nil, []byte("kl")))
		assert.NoError(t, out.TrySend(nil, []byte("k")))
		close(s.gate)
		require.NoError(t, <-flushed)
		synctest.Wait()
		assert.Equal(t, "abcdefghijk", s.got())
	})
}

// What a Send brings itself was never in the queue: it leaves all of it to others.
func TestSendDoesNotFillTheQueue(t *testing.T) {
	bubble(t, func(t *testing.T) {
		for _, frames := range [][][]byte{{make([]byte, 50)}, {make([]byte, 20), make([]byte, 30)}, {make([]byte, 1000), make([]byte, 20<<10)}} {
			s := shut()
			out := under(s, 10, 0)
			sent := later(func() error { return out.Send(nil, frames...) })
			synctest.Wait()
			assert.Zero(t, out.Pending())
			assert.NoError(t, out.TrySend(nil, make([]byte, 10)))
			assert.Equal(t, 10, out.Pending())
			close(s.gate)
			require.NoError(t, <-sent)
			synctest.Wait()
		}
	})
}

package http1_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Rest gives back memory that is not needed, never what is in it.
func TestRestKeepsWhatWaits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		out := under(s, 100, 0)
		out.Rest() // there is nothing yet
		require.NoError(t, out.Write([]byte("held ")))
		out.Rest()
		assert.Equal(t, 5, out.Pending())
		require.NoError(t, out.TrySend(nil, []byte("queued ")))
		synctest.Wait()
		out.Rest() // the drainer writes
		require.NoError(t, out.TrySend(nil, []byte("behind")))
		out.Rest()
		close(s.gate)
		require.NoError(t, out.Flush())
		synctest.Wait()
		out.Rest()
		out.Rest()
		require.NoError(t, out.Write([]byte(" and on")))
		require.NoError(t, out.Flush())
		assert.Equal(t, "held queued behind and on", s.got())
	})
}

// The memory one gives back is another's next: nobody sees the bytes of anybody else.
func TestRestedMemoryIsNobodyElses(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			s := newTap(i * 100)
			out := under(s, 1<<20, 0)
			var want strings.Builder
			for j := range 200 {
				p := bytes.Repeat(fmt.Append(nil, i, "."), (j*37)%900)
				want.Write(p)
				var err error
				switch j % 4 {
				case 0:
					err = out.Write(p)
				case 1:
					err = out.TrySend(nil, p[:len(p)/2], p[len(p)/2:])
				case 2:
					err = out.Send(nil, p[:len(p)/3], p[len(p)/3:])
				default:
					_ = out.Write(p)
					err = out.Flush()
				}
				assert.NoError(t, err)
				out.Rest()
			}
			assert.NoError(t, out.Flush())
			out.Settle()
			assert.True(t, want.String() == s.got(), "bytes of others, or not all of one's own")
		})
	}
	all.Wait()
}

package http1_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

func TestTryHold(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newTap(all)
		out := under(s, 1<<20, 0)
		held, first, err := out.TryHold(nil, []byte("a"), []byte("b"))
		require.NoError(t, err)
		assert.True(t, held)
		assert.True(t, first)
		held, first, err = out.TryHold(nil, []byte("c"))
		require.NoError(t, err)
		assert.True(t, held)
		assert.False(t, first, "the second is not")
		assert.Empty(t, s.got(), "it is held back")
		assert.Equal(t, 3, out.Pending())
		require.NoError(t, out.Send(nil, []byte("d")))
		assert.Equal(t, "abcd", s.got(), "in order, with what is sent next")

		_, _, err = out.TryHold(nil, []byte("e"))
		require.NoError(t, err)
		require.NoError(t, out.Idle())
		assert.Equal(t, "abcde", s.got())

		held, _, err = out.TryHold(nil, make([]byte, 16<<10+1))
		require.NoError(t, err)
		assert.False(t, held, "more than 16 KiB")
		held, first, err = out.TryHold(nil)
		require.NoError(t, err)
		assert.True(t, held)
		assert.False(t, first, "nothing is kept back")
	})
}

func TestTryHoldAtTheBound(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := under(newTap(all), 2, 0)
		held, _, err := out.TryHold(nil, []byte("abc"))
		require.NoError(t, err)
		assert.False(t, held)
		out = under(newTap(all), -1, 0)
		held, _, err = out.TryHold(nil, []byte("a"))
		require.NoError(t, err)
		assert.False(t, held, "nothing may be queued")
	})
}

func TestTryLast(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		out := under(s, 10, 0)
		reason := errors.New("said good-bye")
		require.NoError(t, out.TrySend(nil, []byte(strings.Repeat("q", 10))))
		require.NoError(t, out.TryLast(reason, []byte("bye")), "the queue is full, but not for this")
		f := &http1.Follower{}
		assert.Equal(t, reason, out.TrySend(nil, []byte("x")))
		assert.Equal(t, reason, out.Send(f, []byte("x")))
		_, _, err := out.TryHold(nil, []byte("x"))
		assert.Equal(t, reason, err)
		assert.Equal(t, reason, out.TryLast(errors.New("another"), []byte("x")))
		out.Locked(func() { out.Shut(nil) })
		assert.Equal(t, reason, out.TrySend(nil, []byte("x")), "only a close is taken back")
		close(s.gate)
		require.NoError(t, out.Flush())
		assert.Equal(t, strings.Repeat("q", 10)+"bye", s.got())
	})
}

func TestShut(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newTap(all)
		out := under(s, 10, 0)
		out.Locked(func() { out.Shut(http1.ErrClosed) })
		assert.Equal(t, http1.ErrClosed, out.TrySend(nil, []byte("x")))
		out.Locked(func() { out.Shut(nil) })
		assert.NoError(t, out.TrySend(nil, []byte("y")))
		assert.Equal(t, "y", s.got())
	})
}

package stream_test

import (
	"errors"
	"io"
	"testing"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

func TestKey(t *testing.T) {
	t.Parallel()
	number, twin := stream.NewKey[int]("n"), stream.NewKey[int]("n")
	failure := stream.NewKey[error]("failure")
	list := stream.NewKey[[]string]("list")
	inContext(t, nil, func(_ *stream.Stream, c *stream.Context) {
		_, ok := number.Get(c)
		assert.False(t, ok, "nothing was set")

		number.Set(c, 1)
		_, ok = twin.Get(c)
		assert.False(t, ok, "keys are compared by identity, not by name")
		twin.Set(c, 2)
		list.Set(c, []string{"a"})
		n, ok := number.Get(c)
		assert.True(t, ok)
		assert.Equal(t, 1, n)

		number.Set(c, 3)
		n, _ = number.Get(c)
		assert.Equal(t, 3, n, "the later value takes the place of the earlier")

		twin.Delete(c)
		_, ok = twin.Get(c)
		assert.False(t, ok)
		twin.Delete(c) // what is not there can be deleted
		n, _ = number.Get(c)
		assert.Equal(t, 3, n, "the others stay")
		v, _ := list.Get(c)
		assert.Equal(t, []string{"a"}, v)

		failure.Set(c, io.EOF)
		err, ok := failure.Get(c)
		assert.True(t, ok)
		assert.True(t, errors.Is(err, io.EOF))
	})
}

// A nil of an interface type is a value like any other.
func TestKeyNilInterface(t *testing.T) {
	t.Parallel()
	failure := stream.NewKey[error]("failure")
	inContext(t, nil, func(_ *stream.Stream, c *stream.Context) {
		failure.Set(c, nil)
		var err error
		assert.NotPanics(t, func() { err, _ = failure.Get(c) })
		assert.NoError(t, err)
	})
}

func TestKeyZero(t *testing.T) {
	t.Parallel()
	var zero stream.Key[int]
	inContext(t, nil, func(_ *stream.Stream, c *stream.Context) {
		assert.PanicsWithValue(t, "stream: Set with the zero Key", func() { zero.Set(c, 1) })
		_, ok := zero.Get(c)
		assert.False(t, ok)
		assert.NotPanics(t, func() { zero.Delete(c) })
	})
	assert.Equal(t, "zero key", zero.String())
	assert.Equal(t, "user", stream.NewKey[string]("user").String())
}

// Attributes are the exchange's: hooks that follow see them, the next request does not.
func TestKeyScope(t *testing.T) {
	t.Parallel()
	count := stream.NewKey[int]("count")
	add := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		n, _ := count.Get(c)
		count.Set(c, n+1)
		return hooks.Continue
	})
	for range 2 {
		inContext(t, nil, func(s *stream.Stream, c *stream.Context) {
			assert.Equal(t, hooks.Continue, hooks.Chain{add, add}.Run(s, c))
			n, _ := count.Get(c)
			assert.Equal(t, 2, n)
		})
	}
}

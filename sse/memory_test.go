package sse_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/sse/storetest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(_ *testing.T, keep int) sse.Store {
		return sse.NewMemory(&sse.MemoryOptions{Events: keep})
	})
}

// TestMemoryByBytes: where bytes are what bounds, the kit holds as well.
func TestMemoryByBytes(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, keep int) sse.Store {
		if keep > 4 {
			return sse.NewMemory(nil)
		}
		return sse.NewMemory(&sse.MemoryOptions{Events: 1 << 20, Bytes: 4 * 200})
	})
}

// TestMemoryBound: many topics take no more than the bound, and what is evicted for
// another topic is known to be.
func TestMemoryBound(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := sse.NewMemory(&sse.MemoryOptions{Bytes: 100 << 10})
	first, err := m.Append(ctx, "0", sse.Event{Data: "first"}, sse.Event{Data: "second"})
	require.NoError(t, err)
	for i := range 1000 {
		_, err := m.Append(ctx, fmt.Sprint(i), sse.Event{Data: strings.Repeat("x", 1000)})
		require.NoError(t, err)
	}
	kept := 0
	for i := range 1000 {
		_, records, err := m.Since(ctx, fmt.Sprint(i), "")
		require.NoError(t, err)
		kept += len(records)
	}
	assert.Greater(t, kept, 50)
	assert.Less(t, kept, 100)
	_, records, err := m.Since(ctx, "0", first[0].ID)
	assert.ErrorIs(t, err, sse.ErrEvicted)
	assert.Empty(t, records)
	again, err := m.Append(ctx, "0", sse.Event{Data: "third"})
	require.NoError(t, err)
	_, records, err = m.Since(ctx, "0", first[1].ID)
	assert.ErrorIs(t, err, sse.ErrEvicted)
	assert.Equal(t, again, records)
	_, err = m.Append(ctx, "0", sse.Event{Data: "good"}, sse.Event{Name: "bad\n"})
	assert.ErrorIs(t, err, sse.ErrMultiline)
	_, records, err = m.Since(ctx, "0", again[0].ID)
	require.NoError(t, err)
	assert.Empty(t, records, "nothing of a refused list is kept")
	_, err = m.Append(ctx, "0", sse.Event{Data: strings.Repeat("x", 200<<10)})
	require.NoError(t, err)
	_, _, err = m.Since(ctx, "0", again[0].ID)
	assert.ErrorIs(t, err, sse.ErrEvicted, "an event larger than the bound is not kept, and is missed")
}

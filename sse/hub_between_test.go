package sse_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A watched Store lets the test act around the looks that followers take into it.
type watched struct {
	sse.Store
	before, after func(look int)
	looks         int
}

func (w *watched) Since(ctx context.Context, topic, id string) (uint64, []sse.Record, error) {
	w.looks++
	if w.before != nil {
		w.before(w.looks)
	}
	order, records, err := w.Store.Since(ctx, topic, id)
	if w.after != nil {
		w.after(w.looks)
	}
	return order, records, err
}

// TestHubBetween: what is published while a client is between its replay and its life
// comes once, and in its place.
func TestHubBetween(t *testing.T) {
	t.Parallel()
	for _, history := range []bool{false, true} {
		for _, name := range []string{"before the look", "after the look", "after two looks", "of another process, late"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					memory := sse.NewMemory(nil)
					w := &watched{Store: memory}
					h := sse.NewHub(&sse.HubOptions{Store: w, History: history})
					ctx := context.Background()
					first, err := memory.Append(ctx, "a", sse.Event{Data: "1"}, sse.Event{Data: "2"})
					require.NoError(t, err)
					var late []sse.Record
					around := func(last int) func(int) {
						return func(look int) {
							if look <= last {
								publish(t, h, "a", []string{"", "3", "4"}[look])
							}
						}
					}
					want := []string{"2", "3"}
					switch name {
					case "before the look":
						w.before = around(1)
					case "after the look":
						w.after = around(1)
					case "after two looks":
						w.after = around(2)
						want = append(want, "4")
					default:
						w.before = func(look int) {
							if look == 1 {
								late, err = memory.Append(ctx, "a", sse.Event{Data: "3"})
								assert.NoError(t, err)
							}
						}
					}
					id := first[0].ID
					if history {
						id, want = "", append([]string{"1"}, want...)
					}
					s, stop := carriers()[1].serve(t, carriers()[1].follow(h, nil), nil, adapter.Options{})
					defer stop()
					l := s.get("Topic", "a", "Last-Event-ID", id)
					synctest.Wait()
					require.NoError(t, h.Deliver("a", first...), "what it has already")
					require.NoError(t, h.Deliver("a", late...))
					publish(t, h, "a", "last")
					var got []string
					for len(got) == 0 || got[len(got)-1] != "last" {
						got = append(got, l.hear().data)
					}
					assert.Equal(t, append(want, "last"), got)
				})
			})
		}
	}
}

// TestHubLies: a Store that does not have what was delivered ends what follows, and does
// not spin.
func TestHubLies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &watched{Store: sse.NewMemory(nil)}
		h := sse.NewHub(&sse.HubOptions{Store: w})
		w.before = func(look int) {
			if look == 1 {
				require.NoError(t, h.Deliver("a", sse.Record{Event: sse.Event{ID: "x", Data: "x"}, Order: 99}))
			}
		}
		result := make(chan error, 1)
		s, stop := carriers()[1].serve(t, sse.Hook(func(x *sse.Session) error {
			err := h.Follow(x, "a")
			result <- err
			return err
		}, nil), nil, adapter.Options{})
		defer stop()
		_, err := s.get().rest()
		assert.Error(t, err)
		assert.ErrorContains(t, <-result, "does not have what was delivered")
	})
}

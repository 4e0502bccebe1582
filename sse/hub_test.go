package sse_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// follow is a hook that follows the topic that the header names, or attaches to it.
func (ca carrier) follow(h *sse.Hub, o *sse.Options) hooks.ServerHook {
	return sse.Hook(func(x *sse.Session) error {
		if ca.attaches {
			return h.Attach(x, x.Request().Header.Get("Topic"))
		}
		return h.Follow(x, x.Request().Header.Get("Topic"))
	}, o)
}

// attachedToo runs test on every carrier, with hooks that stay and with hooks that go.
func attachedToo(t *testing.T, test func(t *testing.T, ca carrier)) {
	for _, attaches := range []bool{false, true} {
		t.Run(fmt.Sprint("attaches ", attaches), func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, ca carrier) {
				ca.attaches = attaches
				test(t, ca)
			})
		})
	}
}

func publish(t *testing.T, h *sse.Hub, topic string, data ...string) {
	events := make([]sse.Event, len(data))
	for i := range data {
		events[i].Data = data[i]
	}
	require.NoError(t, h.Publish(context.Background(), topic, events...))
}

// TestHubReplay: what each kind of ID brings, on every carrier.
func TestHubReplay(t *testing.T) {
	t.Parallel()
	attachedToo(t, func(t *testing.T, ca carrier) {
		store := sse.NewMemory(&sse.MemoryOptions{Events: 4})
		h := sse.NewHub(&sse.HubOptions{Store: store})
		s, stop := ca.serve(t, ca.follow(h, nil), nil, adapter.Options{})
		defer stop()
		ctx := context.Background()
		ids := map[string]string{}
		remember := func(topic string) {
			_, records, err := store.Since(ctx, topic, "")
			require.NoError(t, err)
			for _, r := range records {
				ids[r.Data] = r.ID
			}
		}
		publish(t, h, "a", "1", "2", "3")
		remember("a")
		publish(t, h, "secret", "s1", "s2")
		remember("secret")
		publish(t, h, "a", "4", "5", "6")
		remember("a")
		start, _, err := store.Last(ctx, "b")
		require.NoError(t, err)

		for _, row := range []struct {
			name, topic, id string
			want            []string
			gap             string
		}{
			{"new", "a", "", nil, ""},
			{"up to date", "a", ids["6"], nil, ""},
			{"behind", "a", ids["4"], []string{"5", "6"}, ""},
			{"far behind", "a", ids["2"], []string{"3", "4", "5", "6"}, ""},
			{"too far behind", "a", ids["1"], []string{"3", "4", "5", "6"}, sse.GapEvicted},
			{"made up", "a", "42", nil, sse.GapUnknown},
			{"of another topic", "a", ids["s1"], nil, sse.GapUnknown},
			{"of another topic, there", "secret", ids["6"], nil, sse.GapUnknown},
			{"of a position", "b", start, nil, ""},
		} {
			var fields []string
			if row.id != "" {
				fields = []string{"Last-Event-ID", row.id}
			}
			l := s.get(append(fields, "Topic", row.topic)...)
			var got []string
			if row.gap != "" {
				m := l.hear()
				assert.Equal(t, "gap", m.kind, row.name)
				assert.Equal(t, row.gap, m.data, row.name)
				assert.Equal(t, row.gap == sse.GapUnknown, m.id != "", row.name)
			}
			for range row.want {
				got = append(got, l.hear().data)
			}
			assert.Equal(t, row.want, got, row.name)
			l.Body.Close()
		}
	})
}

// TestHubLive: replay and what is published meanwhile and afterwards are one stream.
func TestHubLive(t *testing.T) {
	t.Parallel()
	attachedToo(t, func(t *testing.T, ca carrier) {
		h := sse.NewHub(nil)
		s, stop := ca.serve(t, ca.follow(h, nil), nil, adapter.Options{})
		defer stop()
		l := s.get("Topic", "a") // answers at once
		synctest.Wait()
		publish(t, h, "a", "1", "2")
		publish(t, h, "b", "not for a")
		publish(t, h, "a", "3")
		first, second, third := l.hear(), l.hear(), l.hear()
		assert.Equal(t, "1 2 3", strings.Join([]string{first.data, second.data, third.data}, " "))
		l.Body.Close()
		synctest.Wait()
		publish(t, h, "a", "4")
		l = s.get("Topic", "a", "Last-Event-ID", second.id)
		assert.Equal(t, "3", l.hear().data)
		assert.Equal(t, "4", l.hear().data)
		synctest.Wait()
		publish(t, h, "a", "5")
		assert.Equal(t, "5", l.hear().data)
		l.Body.Close()
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		assert.Zero(t, h.Topics(), "nobody follows any more")
	})
}

// TestHubNothingYet: a client that came before the first event, and was cut off before
// it, misses nothing.
func TestHubNothingYet(t *testing.T) {
	t.Parallel()
	attachedToo(t, func(t *testing.T, ca carrier) {
		h := sse.NewHub(nil)
		publish(t, h, "a", "old")
		s, stop := ca.serve(t, ca.follow(h, &sse.Options{Heartbeat: time.Second}), nil, adapter.Options{})
		defer stop()
		l := s.get("Topic", "a")
		// The mark is no event: what makes the parser see it is that the stream breaks.
		go func() {
			time.Sleep(1500 * time.Millisecond)
			l.Body.Close()
		}()
		_, err := l.next()
		require.Error(t, err)
		require.NotEmpty(t, l.lastID)
		synctest.Wait()
		publish(t, h, "a", "new")
		assert.Equal(t, "new", s.get("Topic", "a", "Last-Event-ID", l.lastID).hear().data)
	})
}

// TestHubHistory: with it, a client without an ID gets what is kept.
func TestHubHistory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := sse.NewHub(&sse.HubOptions{History: true, GapEvent: "lost"})
		s, stop := carriers()[1].serve(t, carriers()[1].follow(h, nil), nil, adapter.Options{})
		defer stop()
		empty := s.get("Topic", "a")
		synctest.Wait()
		publish(t, h, "a", "1", "2")
		assert.Equal(t, "1", empty.hear().data)
		l := s.get("Topic", "a")
		assert.Equal(t, "1", l.hear().data)
		assert.Equal(t, "2", l.hear().data)
		assert.Equal(t, "lost", s.get("Topic", "a", "Last-Event-ID", "?").hear().kind)
	})
	assert.Panics(t, func() { sse.NewHub(&sse.HubOptions{GapEvent: "a\nb"}) })
}

// TestHubCatchUp: under the policy Wait a client that did not read for a while gets from
// the Store what its queue could not take, and one that was away for too long learns that.
func TestHubCatchUp(t *testing.T) {
	t.Parallel()
	slowCarriers(t, func(t *testing.T, ca carrier) {
		for i, kept := range []int{1000, 50, 1000, 50} {
			ca.attaches = i < 2
			h := sse.NewHub(&sse.HubOptions{Store: sse.NewMemory(&sse.MemoryOptions{Events: kept})})
			s, stop := ca.serve(t, ca.follow(h, &sse.Options{QueueSize: queueSize}), nil, adapter.Options{WriteTimeout: time.Hour})
			l := s.get("Topic", "a")
			synctest.Wait()
			for i := range 500 {
				require.NoError(t, h.Publish(context.Background(), "a", big("", i)))
				synctest.Wait()
			}
			var got []int
			gaps := 0
			for len(got) == 0 || got[len(got)-1] < 499 {
				m := l.hear()
				if m.kind == "gap" {
					assert.Equal(t, sse.GapEvicted, m.data)
					gaps++
					continue
				}
				got = append(got, number(m))
			}
			if kept == 1000 {
				assert.Equal(t, count(0, 500), got)
				assert.Zero(t, gaps)
			} else {
				assert.Equal(t, 1, gaps)
				assert.IsIncreasing(t, got)
				assert.Equal(t, count(450, 500), got[len(got)-50:])
			}
			synctest.Wait()
			publish(t, h, "a", "live")
			assert.Equal(t, "live", l.hear().data)
			stop()
		}
	})
}

// TestHubTooLarge: an event that no queue takes is dropped, counted and told.
func TestHubTooLarge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := sse.NewHub(nil)
		s, stop := carriers()[1].serve(t, carriers()[1].follow(h, &sse.Options{QueueSize: 500, MissedEvent: "missed"}), nil, adapter.Options{})
		defer stop()
		l := s.get("Topic", "a")
		synctest.Wait()
		publish(t, h, "a", "1", strings.Repeat("x", 400), strings.Repeat("y", 600), strings.Repeat("z", 400), "2")
		assert.Equal(t, "1", l.hear().data)
		assert.Equal(t, strings.Repeat("x", 400), l.hear().data)
		m := l.hear()
		assert.Equal(t, "missed", m.kind)
		assert.Equal(t, "1", m.data)
		assert.Equal(t, strings.Repeat("z", 400), l.hear().data)
		assert.Equal(t, "2", l.hear().data)
	})
}

// broken is a Store that fails.
type broken struct{ sse.Store }

var errBroken = errors.New("the store is broken")

func (broken) Last(context.Context, string) (string, uint64, error) { return "", 0, errBroken }

func (broken) Append(context.Context, string, ...sse.Event) ([]sse.Record, error) {
	return nil, errBroken
}

func TestHubStoreFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := sse.NewHub(&sse.HubOptions{Store: broken{sse.NewMemory(nil)}})
		result := make(chan error, 1)
		s, stop := carriers()[1].serve(t, sse.Hook(func(x *sse.Session) error {
			err := h.Follow(x, "a")
			result <- err
			return err
		}, nil), nil, adapter.Options{})
		defer stop()
		assert.Equal(t, 500, s.get().StatusCode)
		assert.ErrorIs(t, <-result, errBroken)
		assert.ErrorIs(t, h.Publish(context.Background(), "a", sse.Event{}), errBroken)
		assert.ErrorIs(t, h.Publish(context.Background(), "a", sse.Event{Name: "\n"}), sse.ErrMultiline)
	})
}

// TestHubReconnects: clients that come and go while events are published see each
// once, in order, none missing.
func TestHubReconnects(t *testing.T) {
	t.Parallel()
	attachedToo(t, func(t *testing.T, ca carrier) {
		const events, clients = 400, 5
		h := sse.NewHub(nil)
		s, stop := ca.serve(t, ca.follow(h, &sse.Options{QueueSize: 2000}), nil, adapter.Options{})
		defer stop()
		var wg sync.WaitGroup
		start, _, err := sse.NewMemory(nil).Last(context.Background(), "a") // of no use to anybody
		require.NoError(t, err)
		publish(t, h, "a", "0")
		for c := range clients {
			l := s.get("Topic", "a", "Last-Event-ID", start)
			require.Equal(t, sse.GapUnknown, l.hear().data)
			wg.Go(func() {
				seen := 0
				for {
					id := l.lastID
					for range 1 + (seen*7+c*5)%23 {
						m, err := l.next()
						if !assert.NoError(t, err) || !assert.Equal(t, strconv.Itoa(seen+1), m.data) {
							return
						}
						if seen++; seen == events {
							return
						}
						id = m.id
					}
					l.Body.Close()
					req := l.Request.Clone(context.Background())
					req.Header.Set("Last-Event-ID", id)
					resp, err := s.client.Do(req)
					if !assert.NoError(t, err) {
						return
					}
					defer resp.Body.Close()
					l = &listener{t, resp, newParser(resp.Body)}
				}
			})
		}
		for i := range events {
			publish(t, h, "a", fmt.Sprint(i+1))
		}
		wg.Wait()
	})
}

// TestHubBlackholed: one client that takes nothing changes nothing for 99 others, and is
// gone at the bound of its policy.
func TestHubBlackholed(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		policy sse.Policy
		bound  time.Duration
	}{{"Wait", sse.Wait, 2 * time.Second}, {"DropOldest", sse.DropOldest, 2 * time.Second}, {"End", sse.End, time.Second}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const clients, events = 100, 40
				h := sse.NewHub(nil)
				left := make(chan time.Time, clients)
				s, stop := carriers()[1].serve(t, sse.Hook(func(x *sse.Session) error {
					err := h.Follow(x, "a")
					left <- time.Now()
					return err
				}, &sse.Options{Policy: row.policy, QueueSize: queueSize}), nil, adapter.Options{WriteTimeout: time.Second})
				defer stop()
				var all []*listener
				for range clients {
					all = append(all, s.get())
				}
				synctest.Wait()
				begun := time.Now()
				var wg sync.WaitGroup
				for _, l := range all[1:] {
					wg.Go(func() {
						for i := range events {
							sent := begun.Add(time.Duration(i) * 50 * time.Millisecond)
							if !assert.Equal(t, i, number(l.hear())) || !assert.Equal(t, sent, time.Now(), "at once") {
								return
							}
						}
					})
				}
				for i := range events {
					at := time.Now()
					require.NoError(t, h.Publish(context.Background(), "a", big("", i)))
					assert.Equal(t, at, time.Now(), "the publisher never waits")
					time.Sleep(50 * time.Millisecond)
				}
				wg.Wait()
				assert.LessOrEqual(t, (<-left).Sub(begun), row.bound)
				assert.Empty(t, left, "one client has left, and no other")
				_, err := all[0].rest()
				assert.NotEqual(t, io.EOF, err)
			})
		})
	}
}

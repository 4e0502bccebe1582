// Package storetest has the tests that an implementation of sse.Store must pass.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/onramp-go/onramp/sse"
)

// Run tests the Stores that open returns: each is empty, apart from every other, and
// keeps at least the latest keep events of a topic, but fewer than 8*keep. Stores need
// not be closed by the test; open can use t.Cleanup.
func Run(t *testing.T, open func(t *testing.T, keep int) sse.Store) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, open func(t *testing.T, keep int) sse.Store)
	}{
		{"Append", testAppend},
		{"Since", testSince},
		{"Empty", testEmpty},
		{"Topics", testTopics},
		{"Evicted", testEvicted},
		{"Unknown", testUnknown},
		{"Anew", testAnew},
		{"Concurrent", testConcurrent},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
}

// testAppend: events come back as they were, but for IDs, which tell them apart.
func testAppend(t *testing.T, open func(t *testing.T, keep int) sse.Store) {
	s := open(t, 16)
	events := []sse.Event{
		{Name: "name", Data: "one\r\ntwo\nthree\rfour\n"}, {ID: "mine", Data: "an ID that is replaced"},
		{Data: "\x00\ufeff\u00e9 : \t"}, {}, {Retry: 1500e6, Data: strings.Repeat("x", 64<<10)},
	}
	records := appendTo(t, s, "a", events...)
	if len(records) != len(events) {
		t.Fatalf("%d events became %d records", len(events), len(records))
	}
	ids := map[string]bool{}
	for i, r := range records {
		if r.ID == "" || ids[r.ID] || strings.ContainsAny(r.ID, "\r\n\x00") {
			t.Errorf("record %d has the ID %q: want one of its own, on one line", i, r.ID)
		}
		ids[r.ID] = true
		if r.Order == 0 || i > 0 && r.Order <= records[i-1].Order {
			t.Errorf("record %d has the Order %d: want more than that of the one before", i, r.Order)
		}
		want := events[i]
		want.ID = r.ID
		if r.Event != want {
			t.Errorf("record %d is %+v, want %+v", i, r.Event, want)
		}
	}
	same(t, "after Append", since(t, s, "a", "", nil), records)
	if none := appendTo(t, s, "a"); len(none) != 0 {
		t.Errorf("no events became %d records", len(none))
	}
}

// testSince: behind each position is exactly what was appended later.
func testSince(t *testing.T, open func(t *testing.T, keep int) sse.Store) {
	s := open(t, 16)
	var all []sse.Record
	for i := range 8 {
		id, order, err := s.Last(context.Background(), "a")
		if err != nil {
			t.Fatalf("Last: %v", err)
		}
		records := appendTo(t, s, "a", sse.Event{Data: fmt.Sprint(i)}, sse.Event{Name: "second", Data: fmt.Sprint(i)})
		if order >= records[0].Order || len(all) > 0 && order < all[len(all)-1].Order {
			t.Errorf("Last has the Order %d, which is not between its neighbours", order)
		}
		same(t, "since Last", since(t, s, "a", id, nil), records)
		all = append(all, records...)
	}
	for i, r := range all {
		order, records, err := s.Since(context.Background(), "a", r.ID)
		if err != nil {
			t.Fatalf("Since record %d: %v", i, err)
		}
		if order != r.Order {
			t.Errorf("Since record %d says that its Order is %d, not %d", i, order, r.Order)
		}
		same(t, fmt.Sprintf("since record %d", i), records, all[i+1:])
	}
	records := since(t, s, "a", "", nil)
	same(t, "since the beginning", records, all)
	clear(records)
	same(t, "after the caller has changed what it got", since(t, s, "a", "", nil), all)
}

// testEmpty: a topic of which nobody has heard has a position, too.
func testEmpty(t *testing.T, open func(t *testing.T, keep int) sse.Store) {
	s := open(t, 16)
	same(t, "since the beginning of nothing", since(t, s, "a", "", nil), nil)
	id, _, err := s.Last(context.Background(), "a")
	if err != nil || id == "" {
		t.Fatalf("Last: %q, %v: want a position", id, err)
	}
	same(t, "since Last of nothing", since(t, s, "a", id, nil), nil)
	appendTo(t, s, "b", sse.Event{Data: "of another topic"})
	same(t, "since Last of nothing, later", since(t, s, "a", id, nil), nil)
	records := appendTo(t, s, "a", sse.Event{Data: "first"})
	same(t, "since Last of nothing, when there is something", since(t, s, "a", id, nil), records)
}

// testTopics: a topic has its own events and no others.
func testTopics(t *testing.T, open func(t *testing.T, keep int) sse.Store) {
	s := open(t, 16)
	names := []string{"a", "b", "", "a/b", "a b", "A", "\u00e9", "*", "a-1", "0"}
	want := map[string][]sse.Record{}
	for i := range 4 {
		for _, name := range names {
			want[name] = append(want[name], appendTo(t, s, name, sse.Event{Data: fmt.Sprint(name, i)})...)
		}
	}
	for _, name := range names {
		same(t, fmt.Sprintf("topic %q", name), since(t, s, name, "", nil), want[name])
		same(t, fmt.Sprintf("topic %q, later", name), since(t, s, name, want[name][1].ID, nil), want[name][2:])
	}
}

// testEvicted: what is gone is said to be, and what is left is there.
func testEvicted(t *testing.T, open func(t *testing.T, keep int) sse.Store) {
	const keep = 4
	s := open(t, keep)
	var all []sse.Record
	start, _, err := s.Last(context.Background(), "a")
	if err != nil {
		t.Fatalf("Last: %v", err)
	}
	for i := range 8*keep + 1 {
		all = append(all, appendTo(t, s, "a", sse.Event{Data: fmt.Sprint(i)})...)
	}
	kept := since(t, s, "a", "", nil)
	if len(kept) < keep || len(kept) >= 8*keep {
		t.Fatalf("%d of %d events are kept: want at least %d, and fewer than %d", len(kept), len(all), keep, 8*keep)
	}
	gone := len(all) - len(kept)
	same(t, "what is left", kept, all[gone:])
	same(t, "since the start", since(t, s, "a", start, sse.ErrEvicted), kept)
	for i, r := range all {
		switch {
		case i < gone-1:
			same(t, fmt.Sprintf("since record %d", i), since(t, s, "a", r.ID, sse.ErrEvicted), kept)
		default:
			same(t, fmt.Sprintf("since record %d", i), since(t, s, "a", r.ID, nil), all[i+1:])
		}
	}
}

// testUnknown: an ID that is no position of the topic shows nothing.
func testUnknown(t *testing.T, open func(t *testing.T, keep int) sse.Store) {
	s := open(t, 16)
	mine := appendTo(t, s, "a", sse.Event{Data: "1"}, sse.Event{Data: "2"}, sse.Event{Data: "3"})
	others := appendTo(t, s, "b", sse.Event{Data: "secret"}, sse.Event{Data: "secret"})
	last, _, err := s.Last(context.Background(), "b")
	if err != nil {
		t.Fatalf("Last: %v", err)
	}
	ids := []string{
		"0", "1", "-", "-1", "a", "a-1", " ", "18446744073709551616", "9999999999999-0", "$", "*", "null", "\u00e9",
		" " + mine[0].ID, mine[0].ID + " ", "0" + mine[0].ID, mine[0].ID + "zzz", mine[0].ID + mine[0].ID, strings.Repeat("9", 4096), "+" + mine[0].ID,
		others[0].ID, others[1].ID, last,
	}
	for _, id := range ids {
		same(t, fmt.Sprintf("since %.40q", id), since(t, s, "a", id, sse.ErrUnknownID), nil)
	}
	same(t, "a topic that nobody knows", since(t, s, "c", mine[0].ID, sse.ErrUnknownID), nil)
}

// testAnew: a Store that has begun anew does not know the IDs of the one before.
func testAnew(t *testing.T, open func(t *testing.T, keep int) sse.Store) {
	before, now := open(t, 16), open(t, 16)
	old := appendTo(t, before, "a", sse.Event{Data: "1"}, sse.Event{Data: "2"})
	start, _, err := before.Last(context.Background(), "a")
	if err != nil {
		t.Fatalf("Last: %v", err)
	}
	same(t, "an old ID, nothing new", since(t, now, "a", old[0].ID, sse.ErrUnknownID), nil)
	appendTo(t, now, "a", sse.Event{Data: "1"}, sse.Event{Data: "2"}, sse.Event{Data: "3"})
	for _, id := range []string{old[0].ID, old[1].ID, start} {
		same(t, "an old ID", since(t, now, "a", id, sse.ErrUnknownID), nil)
	}
}

// testConcurrent: whoever goes on from the last record that it has seen sees each one
// once, and what one Append has appended stays together.
func testConcurrent(t *testing.T, open func(t *testing.T, keep int) sse.Store) {
	const writers, rounds = 4, 50
	s := open(t, 2*writers*rounds)
	start, _, err := s.Last(context.Background(), "a")
	if err != nil {
		t.Fatalf("Last: %v", err)
	}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range rounds {
				for _, name := range []string{"a", "b"} {
					data := fmt.Sprintf("%d %d", w, i)
					if _, err := s.Append(context.Background(), name, sse.Event{Data: data}, sse.Event{Data: data}); err != nil {
						t.Errorf("Append: %v", err)
					}
				}
			}
		}()
	}
	defer wg.Wait()
	var seen []sse.Record
	id := start
	for len(seen) < 2*writers*rounds {
		_, records, err := s.Since(context.Background(), "a", id)
		if err != nil {
			t.Errorf("Since: %v", err)
			return
		}
		if len(records) > 0 {
			id = records[len(records)-1].ID
			seen = append(seen, records...)
		}
		if t.Failed() {
			return
		}
	}
	wg.Wait()
	same(t, "what a reader has seen", seen, since(t, s, "a", start, nil))
	for i := 0; i < len(seen); i += 2 {
		if seen[i].Data != seen[i+1].Data || seen[i].Order >= seen[i+1].Order {
			t.Errorf("records %d and %d were appended together, and are %+v and %+v", i, i+1, seen[i], seen[i+1])
		}
	}
}

func appendTo(t *testing.T, s sse.Store, topic string, events ...sse.Event) []sse.Record {
	t.Helper()
	records, err := s.Append(context.Background(), topic, events...)
	if err != nil {
		t.Fatalf("Append: %v", err)
	}
	return records
}

func since(t *testing.T, s sse.Store, topic, id string, want error) []sse.Record {
	t.Helper()
	_, records, err := s.Since(context.Background(), topic, id)
	if !errors.Is(err, want) {
		t.Fatalf("Since %.40q: %v, want %v", id, err, want)
	}
	return records
}

func same(t *testing.T, what string, got, want []sse.Record) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %d records %.300s, want %d: %.300s", what, len(got), fmt.Sprintf("%+v", got), len(want), fmt.Sprintf("%+v", want))
	}
}

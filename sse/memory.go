package sse

import (
	"cmp"
	"container/list"
	"context"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Defaults of [MemoryOptions].
const (
	DefaultKeptEvents = 1024
	DefaultKeptBytes  = 16 << 20
)

// MemoryOptions bounds a [Memory]. Its zero value, and nil, select the defaults.
type MemoryOptions struct {
	// Events is how many events of each topic are kept. Not positive:
	// DefaultKeptEvents.
	Events int
	// Bytes bounds what all topics take together, 128 for each event included; what
	// is oldest of all goes first. Not positive: DefaultKeptBytes.
	Bytes int
}

// A Memory is a [Store] in the memory of this process. IDs end with the process: the
// next one does not know them. A topic of which nothing is kept takes no memory.
type Memory struct {
	opts MemoryOptions
	seed maphash.Seed // tells this Memory's IDs from those of others

	mu     sync.Mutex // guards what follows
	order  uint64     // of the latest record of all
	lost   uint64     // of the latest one whose topic was forgotten
	size   int        // in bytes
	topics map[string]*log
	ages   list.List // of *log, one for each record, oldest first
}

// A log is one topic of a Memory.
type log struct {
	topic   string
	floor   uint64 // Order of the latest record that is not kept
	records []Record
	ages    []*list.Element // of records
}

// NewMemory returns an empty Memory. opts is copied.
func NewMemory(opts *MemoryOptions) *Memory {
	m := &Memory{seed: maphash.MakeSeed(), topics: make(map[string]*log)}
	if opts != nil {
		m.opts = *opts
	}
	if m.opts.Events <= 0 {
		m.opts.Events = DefaultKeptEvents
	}
	if m.opts.Bytes <= 0 {
		m.opts.Bytes = DefaultKeptBytes
	}
	return m
}

// Append implements [Store]. The error is [ErrMultiline], and then nothing is kept.
func (m *Memory) Append(_ context.Context, topic string, events ...Event) ([]Record, error) {
	for _, ev := range events {
		ev.ID = ""
		if err := ev.check(); err != nil {
			return nil, err
		}
	}
	if len(events) == 0 {
		return nil, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	records := make([]Record, len(events))
	l := m.topics[topic]
	if l == nil {
		l = &log{topic: topic, floor: m.lost}
		m.topics[topic] = l
	}
	for i, ev := range events {
		m.order++
		ev.ID = m.id(topic, m.order)
		records[i] = Record{ev, m.order}
		l.records = append(l.records, records[i])
		l.ages = append(l.ages, m.ages.PushBack(l))
		m.size += cost(ev)
	}
	for len(l.records) > m.opts.Events {
		m.evict(l)
	}
	for m.size > m.opts.Bytes {
		m.evict(m.ages.Front().Value.(*log))
	}
	return records, nil
}

// Since implements [Store]. The error may be [ErrEvicted] although nothing is missing,
// where nothing was kept of the topic at some time since.
func (m *Memory) Since(_ context.Context, topic, id string) (uint64, []Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	floor := m.lost
	var records []Record
	if l := m.topics[topic]; l != nil {
		floor, records = l.floor, l.records
	}
	if id == "" {
		return floor, slices.Clone(records), nil
	}
	order, ok := m.parse(topic, id)
	if !ok {
		return 0, nil, ErrUnknownID
	}
	at, found := slices.BinarySearchFunc(records, order, func(r Record, order uint64) int {
		return cmp.Compare(r.Order, order)
	})
	if found {
		at++
	}
	var err error
	if order < floor {
		err = ErrEvicted
	}
	return order, slices.Clone(records[at:]), err
}

// Last implements [Store].
func (m *Memory) Last(_ context.Context, topic string) (string, uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.id(topic, m.order), m.order, nil
}

// evict forgets the oldest record of l. mu is held.
func (m *Memory) evict(l *log) {
	l.floor = l.records[0].Order
	m.size -= cost(l.records[0].Event)
	m.ages.Remove(l.ages[0])
	l.records[0], l.ages[0] = Record{}, nil
	l.records, l.ages = l.records[1:], l.ages[1:]
	if len(l.records) == 0 {
		m.lost = max(m.lost, l.floor)
		delete(m.topics, l.topic)
	}
}

const recordCost = 128

func cost(ev Event) int { return recordCost + len(ev.ID) + len(ev.Name) + len(ev.Data) }

// id names a position of topic in this Memory, and in no other.
func (m *Memory) id(topic string, order uint64) string {
	p := strconv.AppendUint(make([]byte, 0, 27), maphash.String(m.seed, topic), 36)
	return string(strconv.AppendUint(append(p, '-'), order, 36))
}

// parse returns the position that id names, if it is one of topic.
func (m *Memory) parse(topic, id string) (order uint64, ok bool) {
	_, number, _ := strings.Cut(id, "-")
	order, err := strconv.ParseUint(number, 36, 64)
	return order, err == nil && order <= m.order && id == m.id(topic, order)
}

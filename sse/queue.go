package sse

// A queue holds what a client has not kept up with, bounded in bytes. It is guarded by
// the Session's mu.
type queue struct {
	items   []item
	size    int   // of all items, in bytes
	dropped int64 // events, in all
	untold  int64 // of these, the client was not told
	unseen  int64 // of these, the observer was not told
}

// An item is a part of a message, encoded. Its bytes may be shared.
type item struct {
	p     []byte
	name  string
	event bool
}

// push appends the parts of m, whose bytes are copied unless they are shared.
func (q *queue) push(m *message, shared bool) {
	text := m.text()
	if !shared {
		text = append(make([]byte, 0, len(text)), text...)
	}
	start := 0
	for _, part := range m.parts {
		end := part.end - headroom
		q.items = append(q.items, item{text[start:end:end], part.name, part.event})
		start = end
	}
	q.size += len(text)
}

func (q *queue) empty() bool { return len(q.items) == 0 }

func (q *queue) pop() item {
	it := q.items[0]
	q.items[0] = item{}
	q.items = q.items[1:]
	q.size -= len(it.p)
	if len(q.items) == 0 {
		q.items = nil
	}
	return it
}

// clear forgets everything, which the client will not get.
func (q *queue) clear() { q.items, q.size = nil, 0 }

// take moves items to m, up to about size bytes, but one at least.
func (q *queue) take(m *message, size int) {
	for !q.empty() && (m.size() == 0 || m.size()+len(q.items[0].p) <= size) {
		m.p = append(m.p, q.pop().p...)
	}
}

// dropOldest drops what has waited longest, down to size bytes.
func (q *queue) dropOldest(size int) {
	for q.size > size {
		q.count(q.pop())
	}
}

// dropOvertaken drops the events that a later one, or one of m, has overtaken.
func (q *queue) dropOvertaken(m *message) {
	later := make(map[string]struct{})
	for _, p := range m.parts {
		if p.event {
			later[p.name] = struct{}{}
		}
	}
	kept := len(q.items)
	for i := len(q.items) - 1; i >= 0; i-- {
		it := q.items[i]
		if _, overtaken := later[it.name]; overtaken && it.event {
			q.size -= len(it.p)
			q.count(it)
			continue
		}
		if it.event {
			later[it.name] = struct{}{}
		}
		kept--
		q.items[kept] = it
	}
	clear(q.items[:kept])
	q.items = q.items[kept:]
}

// news returns how many events were dropped since it was asked last.
func (q *queue) news() int64 {
	n := q.unseen
	q.unseen = 0
	return n
}

// count notes that it was dropped.
func (q *queue) count(it item) {
	if it.event {
		q.dropped++
		q.untold++
		q.unseen++
	}
}

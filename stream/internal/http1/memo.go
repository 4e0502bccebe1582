package http1

import "bufio"

// memoSize is the longest head that is remembered, in bytes: an idle connection holds
// no more than that.
const memoSize = 1 << 10

// A Memo remembers the last head of a connection. Most clients send the same one again
// and again: its strings, which nothing can change, then serve the next request too,
// and what was found well formed is not examined twice. The zero Memo remembers
// nothing. All heads that one Memo sees must be under the same [Limits].
type Memo struct {
	head   string // all of it, from the first byte of the request line
	fields int
}

// match takes the head from br if it is the remembered one and is there in full.
func (m *Memo) match(br *bufio.Reader) bool {
	n := len(m.head)
	if n == 0 || br.Buffered() < n {
		return false
	}
	if buf, _ := br.Peek(n); string(buf) != m.head {
		return false
	}
	_, _ = br.Discard(n)
	return true
}

// keep remembers head, which was found well formed.
func (m *Memo) keep(head string, fields int) { m.head, m.fields = head, fields }

// trim forgets a head that is too long to be kept.
func (m *Memo) trim() {
	if len(m.head) > memoSize {
		m.head = ""
	}
}

package http1

import (
	"bufio"
	"slices"
	"strings"
)

// memoSize is the longest head that is remembered, in bytes, and memoLines the most
// fields, at 32 bytes each: an idle connection holds no more than that.
const (
	memoSize  = 1 << 10
	memoLines = 32
)

// A Memo remembers the last head of a connection. Most clients send the same one again
// and again: its strings, which nothing can change, then serve the next request too,
// and what was found well formed is not examined twice. The zero Memo remembers
// nothing. All heads that one Memo sees must be under the same [Limits].
type Memo struct {
	head  string // all of it, from the first byte of the request line
	lines int    // of fields
	found []fieldLine
}

// A fieldLine is a field of a head, its name canonical.
type fieldLine struct{ name, value string }

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
	m.learn()
	return true
}

// keep remembers head, which was found well formed, with that many field lines.
func (m *Memo) keep(head string, lines int) {
	clear(m.found) // these hold the old head
	m.head, m.lines, m.found = head, lines, m.found[:0]
}

// learn notes the fields of a head that has come again: it will come more often.
func (m *Memo) learn() {
	if len(m.found) == m.lines || m.lines > memoLines {
		return
	}
	_, rest := cutLine(m.head)
	m.found = slices.Grow(m.found[:0], m.lines)
	for range m.lines {
		var f fieldLine
		f, rest = cutField(rest)
		m.found = append(m.found, f)
	}
}

// cutField splits off the first line.
func cutField(s string) (f fieldLine, rest string) {
	text, rest := cutLine(s)
	name, value, _ := strings.Cut(text, ":")
	return fieldLine{canonical(name), strings.Trim(value, " \t")}, rest
}

// trim forgets a head that is too long to be kept.
func (m *Memo) trim() {
	if len(m.head) > memoSize {
		*m = Memo{}
	}
}

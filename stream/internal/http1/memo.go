package http1

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
)

// memoSize is the longest head that is remembered, in bytes, and memoLines the most
// fields of one whose meaning is, at 32 bytes each: an idle connection holds no more than
// that.
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
	again bool   // it has come more than once
	means *meaning
}

// A meaning is what a head makes of a request: all that handlers cannot change.
type meaning struct {
	request http.Request // but for the header and the context
	url     url.URL      // the request's
	fields  []fieldLine  // of the header
	repeats bool         // two of them have the same name
	traits  Traits
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
	m.again = true
	return true
}

// keep remembers head, which was found well formed, with that many field lines.
func (m *Memo) keep(head string, lines int) {
	*m = Memo{head: head, lines: lines}
}

// learn notes what the head means, which has come again: it will come more often. What
// cannot be shared by two requests is not learnt.
func (m *Memo) learn(r *http.Request, traits Traits) {
	_, adds := r.Header["Pragma"] // it may stand for another field, too
	if adds || m.lines > memoLines || len(m.head) > memoSize || r.TransferEncoding != nil || r.Trailer != nil || r.URL.User != nil {
		return
	}
	l := &meaning{url: *r.URL, traits: traits, fields: make([]fieldLine, 0, m.lines)}
	l.request = *r.WithContext(context.Background()) // the exchange's must not live on
	l.request.Header, l.request.URL = nil, nil
	_, rest := cutLine(m.head)
	for range m.lines {
		var f fieldLine
		if f, rest = cutField(rest); f.name != "Host" {
			l.fields = append(l.fields, f)
		}
	}
	l.repeats = len(l.fields) != len(r.Header)
	m.means = l
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

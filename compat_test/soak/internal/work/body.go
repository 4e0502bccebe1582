package work

import (
	"bytes"
	"fmt"
	"math/rand/v2"
)

// MaxSize is the largest size of a body, in bytes behind its first line.
const MaxSize = 1 << 20

// text is what bodies are cut out of. It looks like requests every now and then: who
// takes part of a body for a request shows it.
var text = func() []byte {
	r := rand.New(rand.NewPCG(1, 2))
	p := make([]byte, 0, MaxSize+1<<16)
	for len(p) < MaxSize+1<<16-256 {
		for range 500 + r.IntN(1000) {
			p = append(p, byte(' '+r.IntN(95)))
		}
		p = append(p, "\r\n\r\nGET "+SmuggledPath+" HTTP/1.1\r\nHost: soak\r\n\r\n"...)
	}
	return p
}()

// AppendBody appends the body of size bytes that belongs to a client's request seq, and
// to no other, behind a line that says so.
func AppendBody(p []byte, client string, seq int64, size int) []byte {
	p = fmt.Appendf(p, "%s %d %d\n", client, seq, size)
	return append(p, window(seq, size)...)
}

// CheckBody says what is wrong with a body that AppendBody should have made.
func CheckBody(body []byte, client string, seq int64, size int) error {
	line := fmt.Appendf(nil, "%s %d %d\n", client, seq, size)
	rest, ok := bytes.CutPrefix(body, line)
	if !ok {
		return fmt.Errorf("body begins %.60q, not %q", body, line)
	}
	return compare(rest, window(seq, size))
}

func window(seq int64, size int) []byte {
	size = min(max(size, 0), MaxSize)
	start := int(uint64(seq) * 104_729 % uint64(len(text)-size))
	return text[start : start+size]
}

func compare(got, want []byte) error {
	if bytes.Equal(got, want) {
		return nil
	}
	n := 0
	for n < min(len(got), len(want)) && got[n] == want[n] {
		n++
	}
	return fmt.Errorf("%d bytes instead of %d, wrong from byte %d on: %.60q", len(got), len(want), n, got[n:])
}

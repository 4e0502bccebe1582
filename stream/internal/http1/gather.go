package http1

import (
	"bufio"
	"math"
)

// gather reads from br until s is done. The section is returned where it lies:
// in br's buffer, valid until the next read from br, or, when that is too small, in
// memory of its own. Exactly the section is taken from br. An error that is no
// *Error comes from br, after what was scanned so far.
func gather(br *bufio.Reader, s *headScanner) ([]byte, error) {
	for want := 1; ; want = br.Buffered() + 1 {
		if want > br.Size() {
			return gatherLarge(br, s)
		}
		if br.Buffered() < want {
			if _, err := br.Peek(want); err != nil && br.Buffered() < want {
				return nil, err
			}
		}
		buf, _ := br.Peek(br.Buffered())
		if err := s.scan(buf); err != nil {
			return nil, err
		}
		if s.done {
			_, _ = br.Discard(s.end) // buf stays as it is until br reads again
			return buf[:s.end], nil
		}
	}
}

// gatherLarge goes on when a section has filled br's buffer.
func gatherLarge(br *bufio.Reader, s *headScanner) ([]byte, error) {
	bound := min(s.lim.Head, math.MaxInt-1) + 1 // the byte beyond the bound is what scan refuses
	var acc []byte
	for {
		if _, err := br.Peek(1); err != nil {
			return nil, err
		}
		buf, _ := br.Peek(br.Buffered())
		before := len(acc)
		buf = buf[:min(len(buf), bound-before)]
		acc = appendWithin(acc, buf, bound)
		if err := s.scan(acc); err != nil {
			return nil, err
		}
		if s.done {
			_, _ = br.Discard(s.end - before)
			return acc[:s.end], nil
		}
		_, _ = br.Discard(len(buf))
	}
}

// appendWithin appends p to acc, doubling its memory but never beyond bound, which
// is no less than what the result needs.
func appendWithin(acc, p []byte, bound int) []byte {
	need := len(acc) + len(p)
	if need > cap(acc) {
		grown := make([]byte, len(acc), min(bound, max(2*cap(acc), need)))
		copy(grown, acc)
		acc = grown
	}
	return append(acc, p...)
}

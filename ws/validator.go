package ws

import "unicode/utf8"

// A validator tells whether text is UTF-8 while it comes, in whatever portions (RFC
// 6455, section 8.1). Its zero value has seen nothing.
type validator struct {
	part [utf8.UTFMax]byte // of a character that is not complete
	n    int
	bad  bool
}

// write takes p, and reports whether all so far can be the beginning of UTF-8.
func (v *validator) write(p []byte) bool {
	for v.n > 0 && len(p) > 0 && !v.bad {
		v.part[v.n] = p[0]
		v.n++
		p = p[1:]
		if utf8.FullRune(v.part[:v.n]) {
			v.bad = !utf8.Valid(v.part[:v.n])
			v.n = 0
		}
	}
	if v.bad {
		return false
	}
	for i := len(p) - 1; i >= max(0, len(p)-utf8.UTFMax); i-- {
		if utf8.RuneStart(p[i]) {
			if !utf8.FullRune(p[i:]) {
				v.n = copy(v.part[:], p[i:])
				p = p[:i]
			}
			break
		}
	}
	v.bad = !utf8.Valid(p)
	return !v.bad
}

// whole reports whether it is UTF-8 if nothing more comes.
func (v *validator) whole() bool { return !v.bad && v.n == 0 }

package compat_test

// A cutting divides input into the segments in which it arrives.
type cutting struct {
	name  string
	glued bool                        // the first segment comes with the warm request
	cut   func(in string, i int) bool // whether a segment ends before in[i]
}

// cuttings are at every kind of boundary that a parser has to remember across
// reads.
func cuttings(seed uint64) []cutting {
	return []cutting{
		{name: "whole", cut: func(string, int) bool { return false }},
		{name: "behind the warm request", glued: true, cut: func(string, int) bool { return false }},
		{name: "byte by byte", cut: func(in string, i int) bool { return len(in) <= 1<<10 || i%(len(in)>>6) == 0 }},
		{name: "after each line", cut: func(in string, i int) bool { return in[i-1] == '\n' }},
		{name: "inside CRLF", cut: func(in string, i int) bool { return in[i-1] == '\r' }},
		{name: "before CRLF", cut: func(in string, i int) bool { return in[i] == '\r' }},
		{name: "inside sizes", cut: func(in string, i int) bool { return i > 1 && in[i-2] == '\n' }},
		{name: "after head", cut: func(in string, i int) bool { return i > 3 && in[i-4:i] == "\r\n\r\n" }},
		{name: "at random", cut: atRandom(seed)},
		{name: "at random, behind the warm request", glued: true, cut: atRandom(seed ^ 1)},
	}
}

// atRandom cuts at places that depend on nothing but seed and the index.
func atRandom(seed uint64) func(string, int) bool {
	return func(in string, i int) bool {
		x := (seed + uint64(i)) * 0x9e3779b97f4a7c15
		x = (x ^ x>>29) * 0xbf58476d1ce4e5b9
		return (x^x>>32)%uint64(len(in)) < 1+seed>>60
	}
}

// segments returns in cut into pieces, none of them empty.
func (c cutting) segments(in string) []string {
	var pieces []string
	from := 0
	for i := 1; i < len(in); i++ {
		if c.cut(in, i) {
			pieces, from = append(pieces, in[from:i]), i
		}
	}
	if from < len(in) {
		pieces = append(pieces, in[from:])
	}
	return pieces
}

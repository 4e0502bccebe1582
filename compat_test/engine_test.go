package compat_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
)

// TestEngine plays every seed on every engine and on net/http: for a handler that
// reads everything in a third of the cuttings, and for a quarter of the other manners
// whole or byte by byte. Which it is changes from seed to seed; the fuzz test begins
// with the same seeds and knows no such bounds.
func TestEngine(t *testing.T) {
	t.Parallel()
	for _, g := range seedGroups {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			for i, seed := range g.seeds() {
				synctest.Test(t, func(t *testing.T) {
					d := newDuel(t)
					for j, c := range cuttings(uint64(i)) {
						if j == 0 || (i+j)%3 == 0 {
							d.fight(input{bytes: seed, manner: manners()[0], cutting: c, fin: i/2%2 == 0})
						}
					}
					for j, m := range manners()[1:] {
						if (i+j)%16 == 0 || (i+j)%4 == 0 && hasBody(seed) {
							d.fight(input{bytes: seed, manner: m, cutting: cuttings(0)[2*(i%2)], fin: j/4%2 == 0})
						}
					}
				})
			}
		})
	}
}

// hasBody reports whether a seed says something of a body.
func hasBody(seed string) bool {
	lower := strings.ToLower(seed)
	return strings.Contains(lower, "content-length") || strings.Contains(lower, "transfer-encoding")
}

// FuzzEngine does the same with inputs nobody thought of. plan says how they are
// played.
func FuzzEngine(f *testing.F) {
	for _, g := range seedGroups {
		for i, seed := range g.seeds() {
			if len(seed) < 2<<10 {
				f.Add(seed, uint64(i)*0x10351)
			}
		}
	}
	for _, d := range differences() {
		f.Add(d.seed, uint64(0))
	}
	f.Fuzz(func(t *testing.T, in string, plan uint64) {
		if len(in) > 8<<10 {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			d, ms, cs := newDuel(t), manners(), cuttings(plan)
			m, fin := ms[plan%uint64(len(ms))], plan>>8&1 == 0
			d.fight(input{bytes: in, manner: m, cutting: cs[0], fin: fin})
			d.fight(input{bytes: in, manner: m, cutting: cs[1+plan>>16%uint64(len(cs)-1)], fin: fin})
		})
	})
}

// TestEngineCutOff ends inputs behind every one of their bytes, with and without
// saying so.
func TestEngineCutOff(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"GET /a?b HTTP/1.1\r\nHost: a\r\nX-Y:  z \r\n\r\nGET",
		"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + next,
		"POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nX: y\r\nZ: z\r\n\r\n" + next,
		"POST /3 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello" + next,
		"GET http://b/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\nHEAD / HTTP/1.1\nHost: a\n\n",
	} {
		t.Run(fmt.Sprintf("%.8q", in), func(t *testing.T) {
			t.Parallel()
			for _, m := range manners() {
				if m.name != "reads all" && m.name != "reads nothing" && m.name != "answers, then reads" {
					continue
				}
				synctest.Test(t, func(t *testing.T) {
					d := newDuel(t)
					for n := range len(in) {
						d.fight(input{bytes: in[:n], manner: m, cutting: cuttings(0)[n%2*2], fin: true})
						if m.name == "reads all" {
							d.fight(input{bytes: in[:n], manner: m, cutting: cuttings(0)[0]})
						}
					}
				})
			}
		})
	}
}

// TestEngineDifferences keeps the table of differences from rotting.
func TestEngineDifferences(t *testing.T) {
	t.Parallel()
	for _, row := range differences() {
		if !assert.NotEmpty(t, row.seed, "%s has no seed", row.name) {
			continue
		}
		assert.NotEmpty(t, row.section, "%s names no section", row.name)
		assert.NotEmpty(t, row.why, "%s has no reason", row.name)
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := newDuel(t)
				for _, m := range manners() {
					d.fight(input{bytes: row.seed, manner: m, cutting: cuttings(0)[0]})
					d.fight(input{bytes: row.seed, manner: m, cutting: cuttings(0)[2], fin: true})
					if m.stops() {
						d.fight(input{bytes: row.seed, manner: m, cutting: cuttings(0)[4]})
					}
					if row.cuts != 0 {
						d.fight(input{bytes: row.seed, manner: m, cutting: cuttings(row.cuts)[9], fin: true})
					}
				}
				assert.True(t, d.met[row.name], "there is no such difference any more: take the row off the table")
			})
		})
	}
}

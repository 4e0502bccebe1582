package http1_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTryPush(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		out := under(s, 100, 0)
		require.NoError(t, out.TryPush())
		assert.Empty(t, s.calls, "there is nothing to push")

		require.NoError(t, out.Write([]byte("held back")))
		assert.Empty(t, s.calls)
		s.takes = 4
		require.NoError(t, out.TryPush())
		assert.Equal(t, "held", s.got())
		assert.Equal(t, 5, out.Pending(), "the rest is the drainer's")
		require.NoError(t, out.TryPush(), "while somebody writes there is nothing to do")
		s.gate <- struct{}{}
		synctest.Wait()
		assert.Equal(t, "held back", s.got())
		assert.Zero(t, out.Pending())
	})
}

func TestTrySendTakesAlongWhatIsHeldBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newTap(all)
		out := under(s, 100, 0)
		require.NoError(t, out.Write([]byte("head ")))
		require.NoError(t, out.TrySend(nil, []byte("frame")))
		assert.Equal(t, []handing{{true, 1, 10}}, s.took())
		assert.Equal(t, "head frame", s.got())
	})
}

// Small writes wait for a Flush, up to 4 KiB of them. What goes beyond leaves with
// what was held back, in one call.
func TestWriteCoalesces(t *testing.T) {
	t.Parallel()
	const hold, join = 4 << 10, 16 << 10
	for _, c := range []struct {
		what   string
		writes []int
		want   []handing // before the Flush
		rest   int       // and what the Flush leaves with
	}{
		{"small", []int{1, 2, 3}, nil, 6},
		{"just held back", []int{hold - 1, 1}, nil, hold},
		{"one more than that", []int{hold, 1}, []handing{{true, 1, hold + 1}}, 0},
		{"one piece of just that", []int{hold}, nil, hold},
		{"one piece of one more", []int{hold + 1}, []handing{{true, 1, hold + 1}}, 0},
		{"large behind small, copied together", []int{20, join}, []handing{{true, 1, join + 20}}, 0},
		{"large behind small, gathered", []int{20, join + 1}, []handing{{false, 2, join + 21}}, 0},
		{"small behind large", []int{join, 20}, []handing{{true, 1, join}}, 20},
		{"many", []int{3000, 3000, 3000, 3000}, []handing{{true, 1, 6000}, {true, 1, 6000}}, 0},
		{"nothing", []int{0, 0}, nil, 0},
	} {
		t.Run(c.what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newTap(all)
				out := under(s, 100, 0)
				var want []byte
				for i, n := range c.writes {
					p := bytes.Repeat([]byte{'a' + byte(i)}, n)
					want = append(want, p...)
					require.NoError(t, out.Write(p))
				}
				assert.Equal(t, c.want, s.took())
				assert.Equal(t, c.rest, out.Pending())
				require.NoError(t, out.Flush())
				if c.rest > 0 {
					c.want = append(c.want, handing{true, 1, c.rest})
				}
				require.NoError(t, out.Flush(), "and there is nothing left to flush")
				assert.Equal(t, c.want, s.took())
				assert.Equal(t, string(want), s.got())
			})
		})
	}
}

// A Write may reuse its memory as soon as it returns.
func TestWriteCopies(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newTap(all)
		out := under(s, 100, 0)
		p := []byte("first")
		require.NoError(t, out.Write(p))
		copy(p, "XXXXX")
		require.NoError(t, out.Flush())
		require.NoError(t, out.Write([]byte("second")), "the memory of the queue is used again")
		require.NoError(t, out.Flush())
		assert.Equal(t, "firstsecond", s.got())
	})
}

// A list is one call of the sink, and what is held back goes with it.
func TestSendListIsOneCall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what   string
		held   int
		frames []int
		takes  int
		want   []handing
	}{
		{"one frame", 0, []int{10}, all, []handing{{true, 1, 10}}},
		{"no frames", 0, nil, all, nil},
		{"an empty frame", 0, []int{0}, all, nil},
		{"100 small", 0, many(100, 20), all, []handing{{true, 1, 2000}}},
		{"100 small, not tried", 0, many(100, 20), 0, []handing{{false, 1, 2000}}},
		{"100 small, behind what is held back", 7, many(100, 20), all, []handing{{true, 1, 2007}}},
		{"100 that are too much to copy", 0, many(100, 200), all, []handing{{false, 100, 20000}}},
		{"100 with empty ones among them", 0, append(many(50, 200), append(many(10, 0), many(50, 200)...)...), all, []handing{{false, 100, 20000}}},
		{"3 large", 0, many(3, 20<<10), all, []handing{{false, 3, 60 << 10}}},
		{"3 large, behind what is held back", 9, many(3, 20<<10), all, []handing{{false, 4, 60<<10 + 9}}},
		{"small and large", 0, []int{1, 100 << 10}, all, []handing{{false, 2, 100<<10 + 1}}},
		{"one large", 0, []int{300 << 10}, all, []handing{{true, 1, 300 << 10}}},
		{"one frame behind what is held back", 3, []int{10}, all, []handing{{true, 1, 13}}},
		{"the peer takes a part", 0, []int{10, 10}, 13, []handing{{true, 1, 13}, {false, 1, 7}}},
	} {
		t.Run(c.what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newTap(c.takes)
				out := under(s, 100, 0)
				want := strings.Repeat("h", c.held)
				require.NoError(t, out.Write([]byte(want)))
				var frames [][]byte
				for i, n := range c.frames {
					frames = append(frames, bytes.Repeat([]byte{'A' + byte(i%26)}, n))
				}
				whole := want + string(bytes.Join(frames, nil))
				require.NoError(t, out.Send(nil, frames...))
				assert.Equal(t, c.want, s.took())
				assert.Equal(t, whole, s.got())
				for i, n := range c.frames {
					assert.Equal(t, bytes.Repeat([]byte{'A' + byte(i%26)}, n), frames[i], "the caller's frames stay as they are")
				}
			})
		})
	}
}

// Beyond 256 KiB it takes several calls, cut wherever that bound falls; no call gets
// an empty buffer, which a TLS or a pipe connection would make a write of its own.
func TestLargeListsAreSliced(t *testing.T) {
	t.Parallel()
	const slice = 256 << 10
	for _, c := range []struct {
		what   string
		frames []int
		want   []handing
	}{
		{"just one", []int{slice / 2, slice / 2}, []handing{{false, 2, slice}}},
		{"one byte more", []int{slice / 2, slice/2 + 1}, []handing{{false, 2, slice}, {false, 1, 1}}},
		{"a cut inside", []int{slice - 1, slice - 1}, []handing{{false, 2, slice}, {false, 1, slice - 2}}},
		{"a cut between", []int{slice, slice}, []handing{{false, 1, slice}, {false, 1, slice}}},
		{"frames of several slices", []int{3*slice + 5, 10}, []handing{{false, 1, slice}, {false, 1, slice}, {false, 1, slice}, {false, 2, 15}}},
		{"one frame", []int{2*slice + 1}, []handing{{false, 1, slice}, {false, 1, slice}, {false, 1, 1}}},
	} {
		t.Run(c.what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newTap(0)
				out := under(s, 100, 0)
				var frames [][]byte
				for i, n := range c.frames {
					frames = append(frames, bytes.Repeat([]byte{'A' + byte(i)}, n))
				}
				require.NoError(t, out.Send(nil, frames...))
				assert.Equal(t, c.want, s.took())
				assert.True(t, string(bytes.Join(frames, nil)) == s.got(), "the bytes are the same")
			})
		})
	}
}

// The drainer writes in such slices too.
func TestDrainerSlices(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const slice = 256 << 10
		s := shut()
		out := under(s, 3*slice, 0)
		require.NoError(t, out.TrySend(nil, make([]byte, 2*slice+1)))
		for _, left := range []int{slice + 1, 1, 0} {
			s.gate <- struct{}{}
			synctest.Wait()
			assert.Equal(t, left, out.Pending())
		}
		assert.Equal(t, []handing{{false, 1, slice}, {false, 1, slice}, {false, 1, 1}}, s.took())
	})
}

func many(n, size int) []int {
	sizes := make([]int, n)
	for i := range sizes {
		sizes[i] = size
	}
	return sizes
}

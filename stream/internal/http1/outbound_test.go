package http1_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

func TestTrySendAtTheBound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what   string
		queued int // of a limit of 10
		frames []int
		want   error
	}{
		{"fits", 0, []int{9}, nil},
		{"exactly", 0, []int{10}, nil},
		{"one over", 0, []int{11}, http1.ErrBufferFull},
		{"exactly, with what is queued", 4, []int{6}, nil},
		{"one over, with what is queued", 4, []int{7}, http1.ErrBufferFull},
		{"exactly, as a list", 1, []int{3, 3, 3}, nil},
		{"the last of a list is one over", 1, []int{3, 3, 4}, http1.ErrBufferFull},
		{"the first of a list is more than the bound", 1, []int{11, 1}, http1.ErrBufferFull},
		{"nothing, to a full queue", 10, []int{0}, nil},
		{"no frames at all", 10, nil, nil},
		{"one byte, to a full queue", 10, []int{1}, http1.ErrBufferFull},
	} {
		t.Run(c.what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := shut()
				out := under(s, 10, 0)
				want := strings.Repeat("q", c.queued)
				require.NoError(t, out.TrySend(nil, []byte(want)))
				var frames [][]byte
				pending := c.queued
				for i, n := range c.frames {
					frames = append(frames, []byte(strings.Repeat(string(rune('a'+i)), n)))
					if c.want == nil {
						want += string(frames[i])
						pending += n
					}
				}
				assert.Equal(t, c.want, out.TrySend(nil, frames...))
				assert.Equal(t, pending, out.Pending())
				close(s.gate)
				require.NoError(t, out.Flush())
				assert.Equal(t, want, s.got(), "all of the list or none of it")
				assert.Zero(t, out.Pending())
			})
		})
	}
}

// The bound holds for the frame, not for what is left of it when the peer took some.
func TestTrySendLargerThanTheBound(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newTap(all)
		out := under(s, 10, 0)
		assert.Equal(t, http1.ErrBufferFull, out.TrySend(nil, make([]byte, 11)), "though the peer would take it")
		assert.Empty(t, s.calls)
		assert.NoError(t, out.Send(nil, make([]byte, 1000)), "Send has no bound")
		assert.NoError(t, out.TrySend(nil, make([]byte, 10)), "and full is no death")
	})
}

func TestTrySendHandsOverAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newTap(all)
		out := under(s, 100, 0)
		require.NoError(t, out.TrySend(nil, []byte("one")))
		require.NoError(t, out.TrySend(nil, []byte("two"), nil, []byte("three")))
		assert.Equal(t, []handing{{true, 1, 3}, {true, 1, 8}}, s.took(), "one call each")
		assert.Equal(t, "onetwothree", s.got())
		assert.Zero(t, out.Pending())
	})
}

// A sender may reuse its frame when TrySend has returned.
func TestTrySendCopies(t *testing.T) {
	bubble(t, func(t *testing.T) {
		for _, takes := range []int{0, 1, 3} {
			s := shut()
			s.takes = takes
			out := under(s, 100, 0)
			p, q := []byte("abcd"), []byte("efgh")
			require.NoError(t, out.TrySend(nil, p))
			synctest.Wait() // the drainer has what is left of it
			require.NoError(t, out.TrySend(nil, q, q))
			copy(p, "XXXX")
			copy(q, "XXXX")
			close(s.gate)
			require.NoError(t, out.Flush())
			assert.Equal(t, "abcdefghefgh", s.got())
		}
	})
}

// Whatever share of it the peer takes at a time, what was accepted keeps its order,
// whoever accepted it.
func TestOrder(t *testing.T) {
	t.Parallel()
	for _, takes := range []int{0, 1, 2, 3, 5, 8, 13, all} {
		t.Run(fmt.Sprint(takes), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := shut()
				s.takes = takes
				out := under(s, 1<<10, 0)
				var want strings.Builder
				next := func(i int) []byte {
					p := fmt.Sprintf("<%d>", i)
					want.WriteString(p)
					return []byte(p)
				}
				var sent <-chan error
				for i := range 40 {
					switch i % 10 {
					case 3:
						require.NoError(t, out.TryPush())
					case 6:
						require.NoError(t, out.TrySend(nil, next(i), next(i)))
					case 9:
						p := next(i)
						sent = later(func() error { return out.Send(nil, p) })
						synctest.Wait()
						// Send stands in line: one that is let through in the middle
						// of a frame must not overtake the rest of it.
						for done := false; !done; {
							select {
							case err := <-sent:
								require.NoError(t, err)
								done = true
							case s.gate <- struct{}{}:
							}
						}
					default:
						require.NoError(t, out.TrySend(nil, next(i)))
					}
				}
				close(s.gate)
				require.NoError(t, out.Flush())
				assert.Equal(t, want.String(), s.got())
			})
		})
	}
}

// The drainer is there while there is something to drain: that it ends is what the
// end of the bubble asserts.
func TestDrainer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		out := under(s, 100, 0)
		for _, p := range []string{"abc", "def"} {
			require.NoError(t, out.TrySend(nil, []byte(p)))
			synctest.Wait()
			assert.Equal(t, 3, out.Pending())
			s.gate <- struct{}{}
			synctest.Wait()
			assert.Zero(t, out.Pending())
		}
		assert.Equal(t, "abcdef", s.got())

		s.takes = all
		require.NoError(t, out.TrySend(nil, []byte("ghi")))
		assert.Equal(t, handing{true, 1, 3}, s.took()[2], "no drainer was left to queue for")
	})
}

// What comes while the drainer writes goes out behind it, together.
func TestDrainerTakesWhatCameMeanwhile(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := shut()
		out := under(s, 100, 0)
		for _, p := range []string{"a", "b", "c"} {
			require.NoError(t, out.TrySend(nil, []byte(p)))
			synctest.Wait()
		}
		close(s.gate)
		synctest.Wait()
		assert.Equal(t, []handing{{false, 1, 1}, {false, 1, 2}}, s.took())
		assert.Equal(t, "abc", s.got())
	})
}

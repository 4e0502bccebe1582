package http1_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A frame of list number list of sender: sizes, place in the list and a checksum, so
// that a reader sees every byte that is not where it was put.
func frame(sender, list, i, of int, payload []byte) []byte {
	p := make([]byte, 0, 24+len(payload))
	for _, n := range []int{sender, list, i, of, len(payload)} {
		p = binary.BigEndian.AppendUint32(p, uint32(n))
	}
	p = append(p, payload...)
	return binary.BigEndian.AppendUint32(p, crc32.ChecksumIEEE(p))
}

// unframe reads frames until the end and asserts that lists are whole, in one piece,
// and in the order of their sender. It returns how many lists of each sender came.
func unframe(t *testing.T, r io.Reader) (lists map[int]int) {
	lists = map[int]int{}
	br := bufio.NewReader(r)
	for {
		var sender, of int
		for i := 0; i == 0 || i < of; i++ {
			head := make([]byte, 20)
			if _, err := io.ReadFull(br, head); err == io.EOF && i == 0 {
				return lists
			} else if !assert.NoError(t, err, "cut in a list") {
				return lists
			}
			field := func(k int) int { return int(binary.BigEndian.Uint32(head[4*k:])) }
			if i == 0 {
				sender, of = field(0), field(3)
			}
			if !assert.Equal(t, []int{sender, lists[sender], i, of}, []int{field(0), field(1), field(2), field(3)}, "frames of two lists are mixed") {
				return lists
			}
			rest := make([]byte, field(4)+4)
			_, err := io.ReadFull(br, rest)
			body := append(head, rest[:field(4)]...)
			if !assert.NoError(t, err) || !assert.Equal(t, crc32.ChecksumIEEE(body), binary.BigEndian.Uint32(rest[field(4):])) {
				return lists
			}
		}
		lists[sender]++
	}
}

// bombard has senders send lists of frames in every way there is, and returns how
// many of each sender's were accepted.
func bombard(out *http1.Outbound, senders, each, most int) []int {
	accepted := make([]int, senders)
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			for range each {
				of := 1 + random.IntN(7)
				var frames [][]byte
				for j := range of {
					frames = append(frames, frame(i, accepted[i], j, of, make([]byte, random.IntN(most))))
				}
				var err error
				switch random.IntN(8) {
				case 0:
					err = out.Write(joined(frames))
				case 1:
					if err = out.Write(joined(frames)); err == nil {
						err = out.Flush()
					}
				case 2, 3, 4:
					err = out.Send(nil, frames...)
				case 5:
					_ = out.TryPush()
					fallthrough
				default:
					err = out.TrySend(nil, frames...)
				}
				if err == nil {
					accepted[i]++
				} else if err != http1.ErrBufferFull {
					panic(err)
				}
			}
		})
	}
	wg.Wait()
	return accepted
}

func joined(frames [][]byte) (p []byte) {
	for _, f := range frames {
		p = append(p, f...)
	}
	return p
}

// 64 goroutines send as they like: no list is torn, doubled, lost or out of order.
func TestListsNeverInterleave(t *testing.T) {
	t.Parallel()
	for _, takes := range []int{0, 100, all} {
		t.Run(fmt.Sprintf("tap takes %d", takes), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newTap(takes)
				out := under(s, 16<<10, 0)
				accepted := bombard(out, 64, 20, 1500)
				require.NoError(t, out.Flush())
				synctest.Wait()
				assert.Zero(t, out.Pending())
				compare(t, accepted, unframe(t, strings.NewReader(s.got())))
			})
		})
	}
	t.Run("TCP", func(t *testing.T) {
		t.Parallel()
		server, client := tcpPair(t)
		require.NoError(t, server.SetWriteBuffer(8<<10)) // so that writes get stuck in the middle
		c := http1.NewConn(server, http1.Config{QueueSize: 64 << 10})
		got := make(chan map[int]int, 1)
		go func() { got <- unframe(t, client) }()
		accepted := bombard(c.Out, 64, 20, 4000)
		require.NoError(t, c.Out.Flush())
		c.Release()
		compare(t, accepted, <-got)
	})
}

func compare(t *testing.T, accepted []int, got map[int]int) {
	t.Helper()
	some := 0
	for i, n := range accepted {
		assert.Equal(t, n, got[i], "sender %d", i)
		some += n
	}
	assert.NotZero(t, some)
}

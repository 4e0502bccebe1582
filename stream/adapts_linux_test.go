package stream_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// Who asks again soon after a rest rests later and later; who does not, as early as others.
func TestRestAdapts(t *testing.T) {
	t.Parallel()
	h := &host{settings: stream.Settings{QueueSize: 1 << 20, IdleTimeout: -1}}
	c, client := h.open(t)
	const second = int(time.Second / stream.SweepInterval)
	idles := func() bool { return c.Idles() }
	// sweeps returns how many it takes until c rests, and has it rest for as many more.
	sweeps := func(more int) (n int) {
		for rests := h.rests.Load(); ; n++ {
			require.Eventually(t, idles, 10*time.Second, 10*time.Microsecond)
			if h.rests.Load() > rests {
				break
			}
			c.Sweep()
		}
		for range more {
			c.Sweep()
		}
		return n
	}
	rests := func(seconds, more int) {
		t.Helper()
		require.Equal(t, "/", client.Get("/").Text)
		assert.Equal(t, seconds*second, sweeps(more))
	}
	for _, seconds := range []int{1, 2, 4, 8, 16, 16} {
		rests(seconds, 0)
	}
	rests(16, 17*second)
	rests(1, 15*second)
	rests(2, 0)
}

// TestRawRestAdapts: whoever says something soon after a rest waits longer for the next one
// than others do.
func TestRawRestAdapts(t *testing.T) {
	t.Parallel()
	// lines answers lines, and tells of each rest.
	lines := func() (client net.Conn, br *bufio.Reader, rested chan struct{}) {
		rested = make(chan struct{}, 100)
		client, br = raw(t, "", func(s *stream.Stream, c *stream.Context) hooks.Status {
			assert.NoError(t, s.Send([]byte(switching)))
			r, err := c.Exchange().Upgrade(never)
			assert.NoError(t, err)
			assert.True(t, c.Exchange().Afterwards(func(*stream.Exchange) bool {
				for {
					err := r.Wait(true)
					if errors.Is(err, stream.ErrResting) {
						rested <- struct{}{}
						return true
					}
					if err != nil {
						return false
					}
					line, _ := r.Reader().ReadString('\n')
					_ = r.Send([]byte(line))
				}
			}))
			return hooks.Continue
		})
		return client, br, rested
	}
	say := func(client net.Conn, br *bufio.Reader) {
		_, err := io.WriteString(client, "line\n")
		require.NoError(t, err)
		_, err = br.ReadString('\n')
		require.NoError(t, err)
	}
	client, br, rested := lines()
	for range 3 {
		<-rested
		say(client, br)
		_, _, othersRested := lines()
		<-othersRested
		assert.Empty(t, rested)
	}
}

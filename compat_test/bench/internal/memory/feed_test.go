package memory_test

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/memory"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// TestMeasure has every target serve in memory. That the figures mean something is
// seen by net/http, of which it is known.
func TestMeasure(t *testing.T) {
	for _, x := range target.All() {
		for _, w := range []load.Workload{load.Bare, load.Browser, load.Large, load.Upload} {
			cost, err := memory.Measure(x.Name, w, 100)
			if x.Serve == nil {
				assert.ErrorIs(t, err, memory.ErrNoListener)
				continue
			}
			require.NoError(t, err, "%s, %s", x.Name, w.Name)
			assert.Equal(t, 100, cost.Requests)
			if x.Name == target.NetHTTP {
				assert.Greater(t, cost.Allocs, 10.0, w.Name)
				assert.Greater(t, cost.Bytes, 1000.0, w.Name)
			}
		}
	}
}

func TestChainAllocs(t *testing.T) {
	n, err := memory.ChainAllocs()
	require.NoError(t, err)
	assert.Less(t, n, 0.01)
}

// TestFeed has a server of a few lines serve a Feed, rightly and wrongly.
func TestFeed(t *testing.T) {
	t.Parallel()
	const request, reply = "ping\n", "head\nbody"
	for _, row := range []struct {
		name    string
		replies []string // to the requests, the last one to all further ones
		fault   string
	}{
		{name: "right", replies: []string{reply}},
		{name: "other body", replies: []string{reply, "head\nbodY"}, fault: "a reply ends"},
		{name: "longer", replies: []string{reply, "header\nbody"}, fault: "unexpected bytes"},
		{name: "gone", replies: []string{reply, ""}, fault: "closed with"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			feed := memory.NewFeed([]byte(request), []byte("body"))
			served := make(chan error, 1)
			go func() { served <- answer(feed, len(request), row.replies) }()
			err := feed.Run(5)
			if row.fault == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, row.fault)
			}
			feed.Close()
			<-served
		})
	}
}

// answer reads requests of n bytes byte by byte and answers them in two pieces.
func answer(conn net.Conn, n int, replies []string) error {
	p := make([]byte, n)
	for i := 0; ; i++ {
		if _, err := io.ReadFull(conn, p); err != nil {
			return err
		}
		reply := replies[min(i, len(replies)-1)]
		if reply == "" {
			return conn.Close()
		}
		for _, piece := range []string{reply[:4], reply[4:]} {
			if _, err := io.WriteString(conn, piece); err != nil {
				return err
			}
		}
	}
}

func TestFeedDeadline(t *testing.T) {
	t.Parallel()
	feed := memory.NewFeed([]byte("ping"), []byte("pong"))
	failed := make(chan error, 1)
	go func() {
		_, err := feed.Read(make([]byte, 8))
		failed <- err
	}()
	require.NoError(t, feed.SetReadDeadline(time.Unix(1, 0)))
	assert.ErrorIs(t, <-failed, os.ErrDeadlineExceeded)
	require.NoError(t, feed.SetReadDeadline(time.Time{}))
	feed.Close()
	_, err := feed.Read(make([]byte, 8))
	assert.True(t, errors.Is(err, net.ErrClosed))
}

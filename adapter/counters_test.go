package adapter_test

import (
	"fmt"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCounters: what Counters has counted of all that can happen adds up.
func TestCounters(t *testing.T) {
	t.Parallel()
	n, l := new(adapter.Counters), newLedger()
	want, told := map[string]int64{}, [3]int64{}
	for _, ac := range accounts() {
		class := "none"
		if ac.want.Status > 0 {
			class = fmt.Sprint(ac.want.Status/100, "xx")
		}
		want[class] += 2
		told[0] += int64(2 * ac.panics)
		told[2] += int64(2 * ac.streams)
		if ac.want.Aborted {
			told[1] += 2
		}
		for _, mode := range []adapter.Takeover{adapter.OnDemand, adapter.Eager} {
			opts := adapter.Options{Observer: adapter.Observers(n, l), Request: stream.RequestConfig{MaxPathSize: 100}}
			p := serveOver(t, mount{mode: mode}.with(t, ac.handler, opts), nil, &streamtest.Options{TCP: true}).Dial()
			ac.send(p)
			p.Close()
		}
	}
	l.until(t, "all requests", func() bool { return len(l.requests) == 2*len(accounts()) })
	l.settled(t)
	s := n.Snapshot()
	l.mu.Lock()
	defer l.mu.Unlock()
	assert.Zero(t, s.Now)
	assert.Zero(t, s.Active)
	assert.Equal(t, int64(len(l.requests)), s.Requests)
	assert.Equal(t, want, s.Statuses)
	assert.Equal(t, map[string]int64{"414": 2}, s.Refused)
	assert.Equal(t, told, [3]int64{s.Panics, s.Aborted, s.Streams})
	assert.Equal(t, int64(len(l.conns)), s.Opened)
	closed, in, out := int64(0), int64(0), int64(0)
	for _, count := range s.Closed {
		closed += count
	}
	for _, c := range l.conns {
		in, out = in+c.BytesIn, out+c.BytesOut
	}
	assert.Equal(t, s.Opened, closed)
	assert.Equal(t, [2]int64{in, out}, [2]int64{s.BytesIn, s.BytesOut})
	assert.InDelta(t, 1, s.RequestsPerConn, 0)
	assert.NotZero(t, s.FirstByte.Median)
	assert.Equal(t, s.Requests-s.Streams, s.Duration.Count)
	require.LessOrEqual(t, s.FirstByte.Median, s.FirstByte.P99)
}

// TestObservers: nil is nobody.
func TestObservers(t *testing.T) {
	t.Parallel()
	assert.Nil(t, adapter.Observers())
	assert.Nil(t, adapter.Observers(nil, nil))
	n := new(adapter.Counters)
	assert.Same(t, n, adapter.Observers(nil, n))
}

package adapter_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// closings notes when connections are closed.
type closings struct {
	stream.NopObserver
	ends chan<- time.Time
}

func (c closings) ConnClosed(stream.ConnInfo, stream.ConnEnd) { c.ends <- time.Now() }

// TestCountedWrites: over a carrier without a descriptor, as TLS is, the time-out of a small
// response's write is counted in sweeps where it is long. It comes in its time, does not
// outlive its write, and gives way to a deadline of the handler's.
func TestCountedWrites(t *testing.T) {
	t.Parallel()
	const size = 1000
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d, err := time.ParseDuration(r.FormValue("bound")); err == nil && d > 0 {
			must("deadline", http.NewResponseController(w).SetWriteDeadline(time.Now().Add(d)), nil)
		}
		_, _ = w.Write([]byte(strings.Repeat("x", size)))
	})
	for _, row := range []struct {
		timeout time.Duration // 0: the default
		bound   time.Duration // by the handler
		reads   time.Duration // when the client reads, 0: never
		want    time.Duration // when the connection is gone
		exact   bool
	}{
		{want: stream.DefaultWriteTimeout},
		{timeout: 12 * time.Second, want: 12 * time.Second},
		{timeout: 5 * time.Second, want: 5 * time.Second, exact: true},
		{bound: 3 * time.Second, want: 3 * time.Second, exact: true},
		{reads: 29 * time.Second},
		{bound: time.Minute, reads: 35 * time.Second},
		{timeout: 12 * time.Second, reads: 11 * time.Second},
		{timeout: 5 * time.Second, reads: 4 * time.Second},
	} {
		t.Run(row.timeout.String()+" "+row.bound.String()+" "+row.reads.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ends := make(chan time.Time, 1)
				srv := &adapter.Server{Handler: h, Options: &adapter.Options{
					WriteTimeout: row.timeout, Observer: closings{ends: ends},
				}}
				p := streamtest.Serve(t, srv, &streamtest.Options{Window: size / 4, Patience: -1}).Dial()
				require.Len(t, p.Get("/").Text, size)
				p.Send("GET /?bound=" + row.bound.String() + " HTTP/1.1\r\nHost: a\r\n\r\n")
				begun := time.Now()
				if row.reads > 0 {
					time.Sleep(row.reads)
					require.Len(t, p.Want("GET").Text, size)
					time.Sleep(row.reads) // a bound that outlived its write would be over
					require.Len(t, p.Get("/").Text, size)
					p.Close()
					<-ends
					return
				}
				took := (<-ends).Sub(begun)
				assert.GreaterOrEqual(t, took, row.want)
				if row.exact {
					assert.Equal(t, row.want, took)
				} else {
					assert.LessOrEqual(t, took, row.want+2*stream.SweepInterval)
				}
			})
		})
	}
}

package stream_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
)

// A host owns one connection whose sweeps the test itself calls.
type host struct {
	settings stream.Settings
	conn     chan *stream.Conn
	closed   chan struct{}
	rests    atomic.Int64
	serve    func(*stream.Exchange) // nil: answers with the path
}

func (h *host) Settings() *stream.Settings { return &h.settings }
func (h *host) MayTakeOver() bool          { return true }
func (h *host) Reserve() bool              { return true }
func (h *host) Unreserve()                 {}
func (h *host) KeepAlives() bool           { return true }
func (h *host) Opened(c *stream.Conn)      { h.conn <- c }
func (h *host) Release(*stream.Conn, bool) {}
func (h *host) Left(*stream.Conn)          {}
func (h *host) Lasts(*stream.Exchange, stream.Kind, func(error)) func() {
	return func() {}
}
func (h *host) Detached(*stream.Exchange)                         {}
func (h *host) Closed(*stream.Conn)                               { close(h.closed) }
func (h *host) RequestError(*stream.Stream, *stream.Context) bool { return false }

func (h *host) loop(c *stream.Conn) {
	err := c.Serve(func(_ *stream.Conn, x *stream.Exchange) bool {
		if h.serve != nil {
			h.serve(x)
			return true
		}
		w, r := x.Arrived()
		_, _ = io.WriteString(w, r.URL.Path)
		return true
	})
	if err == stream.ErrResting {
		h.rests.Add(1)
		resume := func() {
			c.Rest()
			h.loop(c)
		}
		if !c.Park(resume) {
			go resume()
		}
	}
}

// open returns a connection that the host serves, and its client.
func (h *host) open(t *testing.T) (*stream.Conn, *streamtest.Client) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	client, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	rwc, err := ln.Accept()
	require.NoError(t, err)
	h.conn, h.closed = make(chan *stream.Conn, 1), make(chan struct{})
	c := stream.Accept(rwc, nil, time.Now(), h, &http.Server{}, context.Background(), false)
	go h.loop(<-h.conn)
	t.Cleanup(func() {
		c.Abort(stream.ErrClosed)
		<-h.closed
	})
	return c, streamtest.NewClient(t, client, nil)
}

// Requests that come at the very moment at which a sweep interrupts the wait for them
// are served like any other.
func TestRest(t *testing.T) {
	t.Parallel()
	h := &host{settings: stream.Settings{QueueSize: 1 << 20, IdleTimeout: -1}}
	c, client := h.open(t)
	var sweeps atomic.Int64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				c.Sweep()
				yield(sweeps.Add(1))
			}
		}
	}()
	for i := range 2000 {
		path := fmt.Sprintf("/%d", i)
		require.Equal(t, path, client.Get(path).Text)
		if i%10 == 0 {
			for n, until := int64(1), sweeps.Load()+100; sweeps.Load() < until; n++ {
				yield(n) // let it rest in peace once in a while
			}
		}
	}
	close(stop)
	<-stopped
	assert.GreaterOrEqual(t, h.rests.Load(), int64(200))
}

// yield lets others run, in round n of a loop that does nothing else. On a single
// processor the network is looked after only when nobody has anything to do, so that
// Gosched alone would have each packet wait for 10 ms.
func yield(n int64) {
	if n%16 == 0 {
		time.Sleep(time.Microsecond)
		return
	}
	runtime.Gosched()
}

// A long idle time-out is counted in sweeps.
func TestSweepEndsIdle(t *testing.T) {
	t.Parallel()
	h := &host{settings: stream.Settings{QueueSize: 1 << 20, IdleTimeout: time.Minute}}
	c, client := h.open(t)
	for range 2 {
		client.Get("/")
		for range time.Minute / stream.SweepInterval / 2 {
			c.Sweep() // half of its time, with a rest in it
		}
	}
	select {
	case <-h.closed:
		t.Fatal("closed before its time")
	default:
	}
	assert.Eventually(t, func() bool {
		c.Sweep()
		select {
		case <-h.closed:
			return true
		default:
			return false
		}
	}, 30*time.Second, time.Millisecond)
	assert.NoError(t, client.WantEnd())
}

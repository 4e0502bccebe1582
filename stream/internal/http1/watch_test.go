package http1_test

import (
	"crypto/tls"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// watched returns a connection and where the reason comes when its peer is found
// gone.
func watched(server net.Conn) (*http1.Conn, chan error) {
	gone := make(chan error, 10)
	return http1.NewConn(server, http1.Config{QueueSize: 100, Gone: func(err error) { gone <- err }}), gone
}

// The peer's leaving is noticed while nobody reads, and said once.
func TestWatch(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, client net.Conn) {
		c, gone := watched(server)
		c.Watch()
		c.Watch() // once is enough
		client.Close()
		assert.Equal(t, io.EOF, <-gone)
		c.Unwatch()
		c.Unwatch()
		assert.Empty(t, gone)
		_, err := c.Reader().ReadByte()
		assert.Error(t, err, "whoever reads next finds the end as well")
		c.Release()
		assert.ErrorIs(t, <-gone, http1.ErrClosed, "that one is our own")
	})
}

func TestWatchNoticesReset(t *testing.T) {
	t.Parallel()
	for _, kind := range carriers[:2] {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			server, client := kind.open(t)
			c, gone := watched(server)
			c.Watch()
			if s, ok := client.(*tls.Conn); ok {
				client = s.NetConn()
			}
			require.NoError(t, client.(*net.TCPConn).SetLinger(0))
			client.Close()
			err := <-gone
			require.Error(t, err)
			assert.NotEqual(t, io.EOF, err)
			c.Release()
		})
	}
}

// A connection of TLS that is cut off without its farewell is gone, too.
func TestWatchNoticesTruncation(t *testing.T) {
	t.Parallel()
	server, client := tlsPair(t)
	c, gone := watched(server)
	c.Watch()
	require.NoError(t, client.(*tls.Conn).NetConn().(*net.TCPConn).CloseWrite())
	assert.Error(t, <-gone)
	c.Release()
}

// What comes meanwhile is kept for whoever reads next.
func TestWatchKeepsWhatComes(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, client net.Conn) {
		c, gone := watched(server)
		defer c.Release()
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Minute), false))
		const in = get + get + "rest"
		for i := range in {
			c.Watch()
			wrote := later(func() error {
				_, err := io.WriteString(client, in[i:i+1])
				return err
			})
			if i%2 == 0 {
				require.NoError(t, <-wrote)
				c.Unwatch()
				continue
			}
			c.Unwatch() // it may have come, or come now
			_, err := c.Reader().Peek(i + 1)
			require.NoError(t, err)
			require.NoError(t, <-wrote)
		}
		for range 2 {
			_, err := c.ReadRequest(&wide)
			require.NoError(t, err)
		}
		assert.Equal(t, "rest", readN(t, c.Reader(), 4))
		assert.Empty(t, gone)
	})
}

// A full buffer ends the watch, because there is no way to look further; it can be
// ended and begun again as ever.
func TestWatchWithAFullBuffer(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, client net.Conn) {
		c, gone := watched(server)
		defer c.Release()
		in := strings.Repeat("0123456789", 1000)
		send(t, client, in)
		for c.Buffered() < 4096 {
			c.Watch()
			runtime.Gosched()
			c.Unwatch()
		}
		c.Watch()
		c.Unwatch()
		assert.Equal(t, in, readN(t, c.Reader(), len(in)))
		c.Watch()
		assert.Empty(t, gone)
		client.Close()
		assert.Equal(t, io.EOF, <-gone)
	})
}

// Ending a watch takes no time and is not a leaving, however often and by whomever.
func TestUnwatch(t *testing.T) {
	bubble(t, func(t *testing.T) {
		server, client := net.Pipe()
		c, gone := watched(server)
		start := time.Now()
		c.Unwatch() // there is none
		for range 100 {
			c.Watch()
			synctest.Wait()
			var all sync.WaitGroup
			for range 3 {
				all.Go(c.Unwatch)
			}
			all.Wait()
		}
		assert.Zero(t, time.Since(start))
		assert.Empty(t, gone)
		assert.NoError(t, c.Out.Err())
		client.Close()
		c.Release()
	})
}

// A deadline ends reads by others as it did before the watch, and the watch itself
// only where passing it counts as leaving.
func TestWatchAndDeadlines(t *testing.T) {
	t.Parallel()
	type step struct {
		in   time.Duration // deadline; 0: none
		ends bool
	}
	for _, c := range []struct {
		what   string
		before []step // the watch
		during []step // it
		gone   time.Duration
		reads  time.Duration // when the first read behind the watch fails, a minute later; 0: at once
	}{
		{"none", nil, nil, 0, 0},
		{"does not end", []step{{time.Second, false}}, nil, 0, 0},
		{"ends", []step{{time.Second, true}}, nil, time.Second, 0},
		{"set meanwhile, does not end", nil, []step{{time.Second, false}}, 0, 0},
		{"set meanwhile, ends", nil, []step{{time.Second, true}}, time.Second, 0},
		{"ends, taken back", []step{{time.Second, true}}, []step{{0, true}}, 0, 0},
		{"ends, put off", []step{{time.Second, true}}, []step{{2 * time.Second, true}}, 2 * time.Second, 0},
		{"ends no more", []step{{time.Second, true}}, []step{{2 * time.Second, false}}, 0, 0},
		{"set meanwhile, ends no more", nil, []step{{time.Second, true}, {2 * time.Second, false}}, 0, 0},
		{"does not end, then ends", []step{{time.Second, false}}, []step{{3 * time.Second, true}}, 3 * time.Second, 0},
		{"is later than the watch", []step{{2 * time.Minute, false}}, nil, 0, time.Minute},
		{"set meanwhile, is later than the watch", nil, []step{{2 * time.Minute, false}}, 0, time.Minute},
		{"ends, is later than the watch", nil, []step{{2 * time.Minute, true}}, 0, time.Minute},
		{"had passed, does not end", []step{{-time.Second, false}}, nil, 0, 0},
		{"had passed, ends", []step{{-time.Second, true}}, nil, -1, 0},
	} {
		t.Run(c.what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				server, client := net.Pipe()
				conn, gone := watched(server)
				start := time.Now()
				some := false
				set := func(steps []step) {
					for _, s := range steps {
						var d time.Time
						if s.in != 0 {
							d, some = start.Add(s.in), true
						} else {
							some = false
						}
						require.NoError(t, conn.SetReadDeadline(d, s.ends))
					}
				}
				set(c.before)
				conn.Watch()
				synctest.Wait()
				set(c.during)
				if c.gone != 0 {
					assert.ErrorIs(t, <-gone, os.ErrDeadlineExceeded)
					assert.Equal(t, max(c.gone, 0), time.Since(start))
				}
				time.Sleep(time.Minute - time.Since(start))
				synctest.Wait()
				assert.Empty(t, gone)

				conn.Unwatch()
				if some {
					_, err := conn.Reader().ReadByte()
					assert.ErrorIs(t, err, os.ErrDeadlineExceeded, "it holds for reads as if there had been no watch")
					assert.Equal(t, time.Minute+c.reads, time.Since(start))
				} else {
					read := later(func() error { _, err := conn.Reader().ReadByte(); return err })
					time.Sleep(time.Hour)
					assert.Empty(t, read)
					client.Write([]byte("x"))
					assert.NoError(t, <-read)
				}
				client.Close()
				conn.Release()
			})
		})
	}
}

// Closing the connection ends the watch, and says why.
func TestCloseEndsWatch(t *testing.T) {
	everyCarrier(t, func(t *testing.T, server, _ net.Conn) {
		c, gone := watched(server)
		c.Watch()
		c.Close(io.ErrNoProgress)
		assert.ErrorIs(t, <-gone, io.ErrNoProgress)
		c.Release()
	})
}

// A write that fails says so as well.
func TestGoneByWriting(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t)
	c, gone := watched(server)
	t.Cleanup(c.Release)
	require.NoError(t, client.SetLinger(0))
	client.Close()
	for c.Out.Err() == nil {
		_ = c.Out.Send(nil, []byte("x"))
	}
	assert.ErrorIs(t, <-gone, http1.ErrClosed)
	assert.Empty(t, gone)
}

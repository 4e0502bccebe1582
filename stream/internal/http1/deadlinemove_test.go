package http1_test

import (
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// piped returns the Outbound of a connection whose peer takes nothing until it reads.
func piped(timeout time.Duration) (out *http1.Outbound, server, peer net.Conn) {
	server, peer = net.Pipe()
	return http1.NewConn(server, http1.Config{QueueSize: 1 << 20, Timeout: timeout}).Out, server, peer
}

// A deadline holds for a write that waits for the peer already, from whatever goroutine
// it is set, and as often as it is set. "A deadline set while a write waits" used to hold
// for the next write, which net/http does better.
func TestSetDeadlineDuringAWrite(t *testing.T) {
	t.Parallel()
	const timeout = 10 * time.Second
	type move struct {
		at, to time.Duration // since the start; to 0: no deadline
	}
	for _, c := range []struct {
		what  string
		first time.Duration
		moves []move
		ends  time.Duration // 0: the peer has read all, after a minute
		copy  time.Duration // the same for sendfile, which has no time-out
	}{
		{"none", 0, nil, timeout, 0},
		{"comes", 0, []move{{time.Second, 3 * time.Second}}, 3 * time.Second, 3 * time.Second},
		{"comes, for now", 0, []move{{time.Second, time.Second}}, time.Second, time.Second},
		{"comes, long passed", 0, []move{{2 * time.Second, time.Second}}, 2 * time.Second, 2 * time.Second},
		{"comes, far off", 0, []move{{time.Second, time.Hour}}, 0, 0},
		{"comes nearer", time.Hour, []move{{time.Second, 3 * time.Second}}, 3 * time.Second, 3 * time.Second},
		{"goes further", 2 * time.Second, []move{{time.Second, 4 * time.Second}}, 4 * time.Second, 4 * time.Second},
		{"goes further and further", 2 * time.Second, []move{{time.Second, 4 * time.Second}, {3 * time.Second, time.Hour}}, 0, 0},
		{"goes", 2 * time.Second, []move{{time.Second, 0}}, time.Second + timeout, 0},
		{"is gone when it comes back", 2 * time.Second, []move{{time.Second, 0}, {3 * time.Second, 5 * time.Second}}, 5 * time.Second, 5 * time.Second},
	} {
		for what, call := range map[string]func(*http1.Outbound, net.Conn) error{
			"Send":      func(o *http1.Outbound, _ net.Conn) error { return o.Send(nil, []byte("x")) },
			"Send list": func(o *http1.Outbound, _ net.Conn) error { return o.Send(nil, make([]byte, 2*slice), []byte("x")) },
			"Write":     func(o *http1.Outbound, _ net.Conn) error { return o.Write(make([]byte, 3*slice)) },
			"Flush": func(o *http1.Outbound, _ net.Conn) error {
				if err := o.Write([]byte("x")); err != nil {
					return err
				}
				return o.Flush()
			},
			"drainer": func(o *http1.Outbound, _ net.Conn) error {
				if err := o.TrySend(nil, []byte("x")); err != nil {
					return err
				}
				o.Settle()
				return o.Err()
			},
			"copy": func(o *http1.Outbound, conn net.Conn) error {
				return o.Exclusive(func() error {
					_, err := conn.Write([]byte("x"))
					return err
				})
			},
		} {
			t.Run(c.what+", "+what, func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					start := time.Now()
					out, server, peer := piped(timeout)
					defer out.Kill(http1.ErrClosed)
					time.AfterFunc(time.Minute, func() { _, _ = io.Copy(io.Discard, peer) })
					if c.first != 0 {
						out.SetDeadline(start.Add(c.first))
					}
					for _, m := range c.moves {
						time.AfterFunc(m.at, func() {
							to := time.Time{}
							if m.to != 0 {
								to = start.Add(m.to)
							}
							out.SetDeadline(to)
						})
					}
					ends := c.ends
					if what == "copy" {
						ends = c.copy
					}
					err := call(out, server)
					if ends == 0 {
						assert.NoError(t, err)
						assert.Equal(t, time.Minute, time.Since(start))
						return
					}
					assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
					assert.Equal(t, ends, time.Since(start))
					assert.ErrorIs(t, out.Err(), os.ErrDeadlineExceeded, "in the middle of a write there is no way back")
				})
			})
		}
	}
}

// Whoever stands in line is bounded by the deadline as well, the one that holds now.
func TestSetDeadlineInTheLine(t *testing.T) {
	t.Parallel()
	for what, call := range map[string]func(*http1.Outbound) error{
		"Send":  func(o *http1.Outbound) error { return o.Send(nil, []byte("late")) },
		"Write": func(o *http1.Outbound) error { return o.Write([]byte("late")) },
		"Flush": (*http1.Outbound).Flush,
	} {
		t.Run(what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				out, _, peer := piped(10 * time.Second)
				require.NoError(t, out.TrySend(nil, []byte("a")))
				synctest.Wait()                      // the drainer has it
				out.Begin(time.Now().Add(time.Hour)) // and it is an earlier response's
				start := time.Now()
				called := later(func() error { return call(out) })
				settled := later(func() error { out.Settle(); return nil })
				time.Sleep(time.Second)
				out.SetDeadline(start.Add(5 * time.Second))
				time.Sleep(time.Second)
				out.SetDeadline(start.Add(3 * time.Second))
				assert.Equal(t, os.ErrDeadlineExceeded, <-called)
				assert.Equal(t, 3*time.Second, time.Since(start))
				assert.NoError(t, out.Err(), "nothing was sent, so that nothing is broken")
				assert.Empty(t, settled, "Settle waits for whoever writes")
				p, err := io.ReadAll(io.LimitReader(peer, 1))
				require.NoError(t, err)
				assert.Equal(t, "a", string(p))
				<-settled
				out.Kill(http1.ErrClosed)
			})
		})
	}
}

// What earlier responses have left keeps its own deadline: the next handler's does not
// cut it, however it waits and whatever waits behind it.
func TestEarlierResponsesKeepTheirDeadline(t *testing.T) {
	t.Parallel()
	const timeout = 10 * time.Second
	const mine = "mine"
	for _, c := range []struct {
		what     string
		earlier  []time.Duration // deadlines of the earlier responses; 0: none
		own      time.Duration
		reads    time.Duration // when the peer does; 0: never
		wire     string        // of mine and the letters of the responses
		ends     time.Duration // of the write; 0: well
		survives bool          // that it ended
	}{
		{"none, nobody reads", []time.Duration{0}, time.Second, 0, "", timeout, false},
		{"none, read in time", []time.Duration{0}, 5 * time.Second, 2 * time.Second, "a" + mine, 0, true},
		{"none, read when it is too late for mine", []time.Duration{0}, time.Second, 2 * time.Second, "a", 2 * time.Second, false},
		{"later than mine", []time.Duration{time.Hour}, time.Second, time.Minute, "a", time.Minute, false},
		{"before mine", []time.Duration{time.Second}, time.Hour, time.Minute, "", time.Second, false},
		{"before mine, read in time", []time.Duration{2 * time.Second}, time.Hour, time.Second, "a" + mine, 0, true},
		{"two, the first later", []time.Duration{time.Hour, time.Second}, time.Minute, 30 * time.Second, "ab" + mine, 0, true},
		{"two, the second later", []time.Duration{time.Second, time.Hour}, time.Minute, 30 * time.Second, "ab" + mine, 0, true},
		{"two, the first without", []time.Duration{0, time.Second}, time.Minute, 9 * time.Second, "ab" + mine, 0, true},
		{"two, the second without", []time.Duration{time.Second, 0}, time.Minute, 9 * time.Second, "ab" + mine, 0, true},
		{"two, nobody reads", []time.Duration{2 * time.Second, time.Second}, time.Minute, 0, "", 2 * time.Second, false},
	} {
		for what, write := range map[string]func(*http1.Outbound) error{
			"held": func(o *http1.Outbound) error {
				if err := o.Write([]byte(mine)); err != nil {
					return err
				}
				return o.Flush()
			},
			"gathered": func(o *http1.Outbound) error { return o.Send(nil, make([]byte, slice), []byte(mine)) },
		} {
			t.Run(c.what+", "+what, func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					start := time.Now()
					out, _, peer := piped(timeout)
					wire := make(chan string, 1)
					go func() {
						if time.Sleep(c.reads); c.reads == 0 {
							time.Sleep(time.Hour)
						}
						p, _ := io.ReadAll(peer)
						wire <- strings.ReplaceAll(string(p), "\x00", "")
					}()
					for i, d := range c.earlier {
						out.Begin(time.Time{})
						if d != 0 {
							out.SetDeadline(start.Add(d))
						}
						require.NoError(t, out.Write([]byte{'a' + byte(i)}))
					}
					out.Begin(start.Add(time.Hour))
					time.AfterFunc(500*time.Millisecond, func() { out.SetDeadline(start.Add(c.own)) })
					err := write(out)
					if c.ends == 0 {
						assert.NoError(t, err)
						assert.Equal(t, c.reads, time.Since(start))
					} else {
						assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
						assert.Equal(t, c.ends, time.Since(start))
					}
					assert.Equal(t, c.survives, out.Err() == nil)
					out.Kill(http1.ErrClosed)
					assert.Equal(t, c.wire, <-wire)
				})
			})
		}
	}
}

// What the peer would take at once is under the same rules as what has to wait: a
// deadline that has passed lets out what earlier responses have left, and not a byte more.
func TestPassedDeadlineBehindEarlierResponses(t *testing.T) {
	t.Parallel()
	for what, call := range map[string]struct {
		call func(*http1.Outbound) error
		fate error
	}{
		"Flush":   {(*http1.Outbound).Flush, os.ErrDeadlineExceeded},
		"Send":    {func(o *http1.Outbound) error { return o.Send(nil, []byte("mine")) }, os.ErrDeadlineExceeded},
		"Write":   {func(o *http1.Outbound) error { return o.Write(make([]byte, slice)) }, os.ErrDeadlineExceeded},
		"TryPush": {(*http1.Outbound).TryPush, nil},
	} {
		t.Run(what, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newTap(all)
				out := http1.Ours(under(s, 1000, 0))
				require.NoError(t, out.Write([]byte("earlier ")))
				out.Begin(time.Time{})
				require.NoError(t, out.Write([]byte("mine")))
				out.SetDeadline(time.Now())
				assert.ErrorIs(t, call.call(out), call.fate)
				synctest.Wait()
				assert.Equal(t, "earlier ", s.got())
				assert.ErrorIs(t, out.Err(), os.ErrDeadlineExceeded)
			})
		})
	}
}

// A handler's goroutine that outlives it cannot bound the next response.
func TestWriteDeadlineEndsWithItsResponse(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t)
	c := http1.NewConn(server, http1.Config{QueueSize: 1 << 20})
	t.Cleanup(c.Release)
	go func() { _, _ = io.Copy(io.Discard, client) }()
	for range 100 {
		w := respond(c, &host{}, get)
		w.Header().Set("Content-Length", "2")
		_, err := w.Write([]byte("ok"))
		require.NoError(t, err)
		require.NoError(t, w.FlushError()) // all of it
		outlives := later(func() error {
			for {
				if err := w.SetWriteDeadline(time.Now().Add(-time.Second)); err != nil {
					return err
				}
			}
		})
		runtime.Gosched()
		require.True(t, w.Finish())
		c.Out.Begin(time.Time{})
		assert.Equal(t, http1.ErrClosed, <-outlives)
		require.NoError(t, c.Out.Send(nil, []byte("next")))
	}
}

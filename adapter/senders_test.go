package adapter_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const rawHead = "HTTP/1.1 200 OK\r\n\r\n" // unframed: what follows is the body

// frame is a length, a sender, a number, and filling made of both.
func frame(sender, n, size int) []byte {
	p := make([]byte, 12+size)
	binary.BigEndian.PutUint32(p, uint32(len(p)))
	binary.BigEndian.PutUint32(p[4:], uint32(sender))
	binary.BigEndian.PutUint32(p[8:], uint32(n))
	for i := range size {
		p[12+i] = byte(sender + n + i)
	}
	return p
}

// checkFrames reads frames to the end, and fails for one that another has cut in two,
// or that came out of its sender's order.
func checkFrames(r io.Reader) (frames int, err error) {
	last := map[uint32]uint32{}
	for {
		var head [12]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return frames, nil // the stream was cut, on purpose
		}
		size, sender, n := binary.BigEndian.Uint32(head[:]), binary.BigEndian.Uint32(head[4:]), binary.BigEndian.Uint32(head[8:])
		if size < 12 || size > 1<<16 {
			return frames, fmt.Errorf("a frame of %d bytes", size)
		}
		if before, ok := last[sender]; ok && n <= before {
			return frames, fmt.Errorf("sender %d: %d behind %d", sender, n, before)
		}
		last[sender] = n
		p := make([]byte, size-12)
		if _, err := io.ReadFull(r, p); err != nil {
			return frames, nil
		}
		for i := range p {
			if p[i] != byte(int(sender)+int(n)+i) {
				return frames, fmt.Errorf("sender %d, frame %d: wrong byte %d", sender, n, i)
			}
		}
		frames++
	}
}

// TestSendersRaceWithTheEnd: 64 goroutines send on one stream while the client reads in
// bits and SetClosed, Shutdown and the client's leaving end it. Long runs: -count.
func TestSendersRaceWithTheEnd(t *testing.T) {
	const senders = 64
	rounds, perSender := 24, 66 // 100,000 sends
	if testing.Short() {
		rounds = 4
	}
	ends := []string{"SetClosed", "Shutdown", "client", "return"}
	for _, mode := range []adapter.Takeover{adapter.OnDemand, adapter.Eager, adapter.Never} {
		t.Run(fmt.Sprint("mode ", mode), func(t *testing.T) {
			t.Parallel()
			for round := range rounds / 3 {
				end := ends[round%len(ends)]
				ctx, cancel := context.WithCancel(context.Background())
				a := adapter.New(&adapter.Options{Takeover: mode, QueueSize: 64 << 10, WriteTimeout: patience})
				var all sync.WaitGroup
				var sent atomic.Int64
				h := hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
					must("head", s.Send([]byte(rawHead)), nil)
					half := make(chan struct{})
					var halfOnce sync.Once
					for sender := range senders {
						all.Go(func() {
							for n := 1; n <= perSender; n++ {
								if n == perSender/2 {
									halfOnce.Do(func() { close(half) })
								}
								var err error
								switch p := frame(sender, n, 100*(sender%9)); n % 4 {
								case 0:
									err = s.TrySend(p)
								case 1:
									err = s.Send(p)
								case 2:
									err = s.TrySendList([][]byte{p[:5], nil, p[5:]})
								case 3:
									err = s.SendList([][]byte{p[:12], p[12:]})
								}
								switch {
								case err == nil:
									sent.Add(1)
								case errors.Is(err, stream.ErrBufferFull):
								case errors.Is(err, stream.ErrClosed):
									if !errors.Is(err, net.ErrClosed) {
										t.Errorf("%v is no net.ErrClosed", err)
									}
									return
								default:
									t.Errorf("unexpected: %v", err)
									return
								}
							}
						})
					}
					go func() {
						all.Wait()
						halfOnce.Do(func() { close(half) })
					}()
					<-half
					switch end {
					case "SetClosed":
						s.SetClosed(true)
					case "Shutdown":
						go func() { _ = a.Shutdown(ctx) }()
						all.Wait()
					case "client":
						<-s.Context().Done()
					}
					return hooks.Reject
				})
				srv := httptest.NewServer(a.Wrap(adapter.Handler(h)))
				conn, err := net.Dial("tcp", srv.Listener.Addr().String())
				require.NoError(t, err)
				require.NoError(t, conn.SetDeadline(time.Now().Add(4*patience)))
				_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
				resp, err := http.ReadResponse(bufio.NewReaderSize(conn, 512), nil)
				require.NoError(t, err)
				body := resp.Body.(io.Reader)
				if end == "client" {
					body = io.LimitReader(body, 100<<10)
				}
				frames, err := checkFrames(body)
				require.NoError(t, err, end)
				_ = conn.Close()
				all.Wait()
				assert.LessOrEqual(t, int64(frames), sent.Load()+senders)
				if end == "Shutdown" {
					assert.Equal(t, sent.Load(), int64(frames), "what was accepted was not delivered")
				}
				cancel()
				srv.Close()
				require.NoError(t, a.Shutdown(context.Background()))
			}
		})
	}
}

// deafTime is the WriteTimeout of a deaf client's server.
const deafTime = 20 * short

// TestDeafClient: a client that does not read costs the bound of the queue and the time
// of one write, no more.
func TestDeafClient(t *testing.T) {
	const bound = 128 << 10
	for _, secure := range []bool{false, true} {
		for _, mode := range []adapter.Takeover{adapter.OnDemand, adapter.Eager, adapter.Never} {
			for _, last := range []string{"Send", "SendList", "Flush"} {
				t.Run(fmt.Sprint("mode ", mode, "/TLS ", secure, "/", last), func(t *testing.T) {
					t.Parallel()
					result := make(chan error, 1)
					h := hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
						result <- deaf(s, bound, last)
						return hooks.Reject
					})
					a := adapt(t, &adapter.Options{Takeover: mode, QueueSize: bound, WriteTimeout: deafTime})
					srv := httptest.NewUnstartedServer(a.Wrap(adapter.Handler(h)))
					var conn net.Conn
					var err error
					if secure {
						srv.StartTLS()
						conn, err = tls.Dial("tcp", srv.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the test's own server
					} else {
						srv.Start()
						conn, err = net.Dial("tcp", srv.Listener.Addr().String())
					}
					require.NoError(t, err)
					t.Cleanup(srv.Close)
					t.Cleanup(func() { _ = conn.Close() })
					_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
					require.NoError(t, err)
					assert.NoError(t, receive(t, result, "the hook"))
				})
			}
		}
	}
}

func deaf(s *stream.Stream, bound int, last string) error {
	if err := s.Send([]byte(rawHead)); err != nil {
		return err
	}
	block := make([]byte, 32<<10)
	begun := time.Now()
	over := func(err error) bool { // on a busy machine, by now
		return errors.Is(err, os.ErrDeadlineExceeded) && time.Since(begun) >= deafTime
	}
	var err error
	for full := 0; full < 20; { // until nothing has moved for a while
		switch err = s.TrySend(block); {
		case errors.Is(err, stream.ErrBufferFull):
			full++
			<-time.After(time.Millisecond)
		case over(err):
			return nil
		case err != nil:
			return fmt.Errorf("TrySend: %w", err)
		default:
			full = 0
		}
		if n := s.Queued(); n > bound {
			return fmt.Errorf("%d bytes are queued", n)
		}
	}
	if err := s.TryFlush(); over(err) {
		return nil
	} else if err != nil {
		return fmt.Errorf("TryFlush: %w", err)
	}
	err = nil
	for tries := 0; err == nil && tries < 1000; tries++ { // the kernel may find room yet
		switch last {
		case "Send":
			err = s.Send(block)
		case "SendList":
			err = s.SendList([][]byte{block, block})
		case "Flush":
			_ = s.TrySend(block)
			err = s.Flush()
		}
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("%s: %v", last, err)
	}
	return nil
}

//go:build linux

package load_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/soak/internal/process"
	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// TestSlowloris has many clients send a byte a second, half of them of a head and half of a
// body. Each is gone at its deadline; an honest client's median is logged beside that of a
// time without them.
func TestSlowloris(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			cfg := config(kind)
			cfg.Header, cfg.Body = sized(time.Second, 10*time.Second), sized(time.Second, 10*time.Second)
			s := start(t, cfg)
			lasts := sized(2*time.Second, time.Minute)
			alone := honest(t, s, lasts/4)
			before := state(t, s)
			ctx, cancel := context.WithTimeout(context.Background(), lasts)
			defer cancel()
			var all sync.WaitGroup
			var gone atomic.Int64
			for i := range sized(100, 2000) {
				all.Go(func() {
					for ctx.Err() == nil {
						if assert.NoError(t, crawl(s.Addr, i%2 == 0, cfg.Header)) {
							gone.Add(1)
						} else {
							return
						}
					}
				})
			}
			among := honest(t, s, lasts)
			all.Wait()
			back(t, s, before)
			_, most, err := s.Memory()
			require.NoError(t, err)
			assert.Less(t, most, int64(memory))
			t.Logf("%d came and were gone; median %v alone, %v among them; at most %d MiB", gone.Load(), alone, among, most>>20)
		})
	}
}

// crawl sends a byte a second, of a head or a body, until the server ends it: which must be
// not long behind the deadline, on a machine that may be busy.
func crawl(addr string, body bool, deadline time.Duration) error {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer nc.Close()
	text := "GET / HTTP/1.1\r\nHost: soak\r\nX-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	if body {
		if _, err := io.WriteString(nc, "POST "+work.UploadPath+"read HTTP/1.1\r\nHost: soak\r\nContent-Length: 100000\r\n\r\n"); err != nil {
			return err
		}
	}
	p := make([]byte, 4096)
	limit := time.Now().Add(deadline + patience/2)
	for i := range text {
		_, _ = nc.Write([]byte{text[i]}) // whether it is gone shows in the read
		_ = nc.SetReadDeadline(time.Now().Add(time.Second))
		for {
			_, err := nc.Read(p)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			if err != nil {
				return nil // it has got an error, or nothing, and is gone
			}
		}
		if time.Now().After(limit) {
			return errors.New("a slow client is still there")
		}
	}
	return errors.New("a slow client got to its end")
}

// honest returns the median of how long an answer takes.
func honest(t *testing.T, s *process.Server, d time.Duration) time.Duration {
	t.Helper()
	c := dial(t, s)
	require.NoError(t, c.SetDeadline(time.Time{}))
	defer c.Close()
	request := append(work.Label{Client: work.Faulty(0), Seq: 1, Size: 100}.Append([]byte("GET "+work.AnswerPath+"written HTTP/1.1\r\nHost: soak\r\n")), "\r\n"...)
	var took []time.Duration
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		begin := time.Now()
		_, err := c.Write(request)
		require.NoError(t, err)
		resp, err := c.answer()
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, work.CheckBody(body, work.Faulty(0), 1, 100))
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	return took[len(took)/2]
}

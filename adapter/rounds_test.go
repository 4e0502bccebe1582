package adapter_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/require"
)

var rounds = flag.Int("rounds", 1000, "rounds of TestRounds; 100000 takes minutes under -race")

// TestRounds ends a stream in each round, by SetClosed, by Shutdown or both, while 64
// goroutines send one frame each and the client reads in bits.
func TestRounds(t *testing.T) {
	const batch = 50 // rounds before a Shutdown, which ends the adapter
	for done := 0; done < *rounds; done += batch {
		roundsOf(t, batch)
		if t.Failed() {
			return
		}
	}
}

func roundsOf(t *testing.T, n int) {
	const senders = 64
	a := adapter.New(&adapter.Options{QueueSize: 2 << 10, WriteTimeout: patience})
	numbers := make(chan int, 1)
	busy := make(chan *sync.WaitGroup, 1)
	h := hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
		round, last := <-numbers, new(sync.WaitGroup)
		defer func() { busy <- last }()
		must("head", s.Send([]byte(rawHead)), nil)
		start := make(chan struct{})
		for sender := range senders {
			last.Go(func() {
				<-start
				p := frame(sender, 1, 10*(sender%9))
				var err error
				if sender%2 == 0 {
					err = s.TrySend(p)
				} else {
					err = s.SendList([][]byte{p[:5], p[5:]})
				}
				if err != nil && !errors.Is(err, stream.ErrClosed) && !errors.Is(err, stream.ErrBufferFull) {
					t.Errorf("unexpected: %v", err)
				}
			})
		}
		last.Go(func() {
			<-start
			s.SetClosed(round%2 == 0)
			s.SetClosed(true)
		})
		if round == n {
			last.Go(func() {
				<-start
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				_ = a.Shutdown(ctx)
			})
		}
		close(start)
		return hooks.Reject // without waiting: most of the senders come late
	})
	srv := httptest.NewUnstartedServer(a.Wrap(adapter.Handler(h)))
	_ = srv.Listener.Close()
	var err error
	srv.Listener, err = net.Listen("unix", filepath.Join(t.TempDir(), "s")) // has no ports that run out
	require.NoError(t, err)
	srv.Start()
	defer srv.Close()
	for round := range n {
		numbers <- round + 1
		conn, err := net.Dial("unix", srv.Listener.Addr().String())
		require.NoError(t, err)
		require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
		_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		require.NoError(t, err)
		resp, err := http.ReadResponse(bufio.NewReaderSize(conn, 64), nil)
		require.NoError(t, err)
		_, err = checkFrames(resp.Body)
		require.NoError(t, err)
		_ = conn.Close()
		(<-busy).Wait()
	}
	require.NoError(t, a.Shutdown(context.Background()))
}

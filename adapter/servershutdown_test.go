package adapter_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestServerShutdown: what is at a request ends it, all else ends at once.
func TestServerShutdown(t *testing.T) {
	for _, answer := range []string{"written", "staged", "sent"} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			goOn, begun, called := make(chan struct{}), make(chan struct{}, 1), make(chan struct{})
			srv := &adapter.Server{Handler: busyService(goOn, begun)}
			srv.RegisterOnShutdown(sync.OnceFunc(func() { close(called) })) // the test's own end calls it again
			s := start(t, srv, false)
			fresh, idle, loop, busy, first := s.Dial(), s.Dial(), s.Dial(), s.Dial(), s.Dial()
			idle.Get("/")
			require.Equal(t, "GET /loop none", loop.Get("/loop?send").Text)
			busy.Get("/")
			for _, p := range []*streamtest.Client{busy, first} {
				p.Send("GET /busy/" + answer + " HTTP/1.1\r\nHost: a\r\n\r\n")
				receive(t, begun, "the handler")
			}
			done := make(chan error, 1)
			go func() { done <- srv.Shutdown(t.Context()) }()
			fresh.WantEnd()
			idle.WantEnd()
			loop.WantEnd()
			receive(t, called, "what was registered")
			_, err := net.Dial("tcp", s.Addr().String())
			assert.Error(t, err, "the listener is closed")
			assert.Empty(t, done)
			close(goOn)
			for _, p := range []*streamtest.Client{busy, first} {
				got := p.Want("GET")
				assert.Equal(t, "posted", got.Text)
				assert.True(t, got.Close, "the last answer must say that it is")
				p.WantEnd()
			}
			require.NoError(t, receive(t, done, "Shutdown"))
		})
	}
}

// TestServerShutdownDeadline: what is not done in time is cut.
func TestServerShutdownDeadline(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{}, 1)
	srv := &adapter.Server{Handler: busyService(nil, begun)}
	p := start(t, srv, false).Dial().Send("GET /busy/written HTTP/1.1\r\nHost: a\r\n\r\n")
	receive(t, begun, "the handler")
	ctx, cancel := context.WithTimeout(context.Background(), short)
	defer cancel()
	assert.ErrorIs(t, srv.Shutdown(ctx), context.DeadlineExceeded)
	p.WantEnd()
}

// TestServerShutdownUnderLoad: a client that got a connection and sent a request
// whose answer was begun gets it whole.
func TestServerShutdownUnderLoad(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("b", 8<<10)
	srv := &adapter.Server{Handler: text(body)}
	s := start(t, srv, false)
	var answered atomic.Int64
	var clients sync.WaitGroup
	for range 16 {
		clients.Go(func() {
			transport := &http.Transport{MaxIdleConnsPerHost: 1}
			defer transport.CloseIdleConnections()
			for client := (http.Client{Transport: transport, Timeout: patience}); ; answered.Add(1) {
				resp, err := client.Get("http://" + s.Addr().String())
				if err != nil {
					assert.NotErrorIs(t, err, context.DeadlineExceeded)
					return
				}
				got, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				assert.NoError(t, err)
				assert.Len(t, got, len(body))
			}
		})
	}
	require.Eventually(t, func() bool { return answered.Load() > 100 }, patience, time.Millisecond)
	require.NoError(t, srv.Shutdown(t.Context()))
	clients.Wait()
}

// TestServerClose: everything ends at once, handlers are told.
func TestServerClose(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	begun := make(chan struct{}, 1)
	srv := &adapter.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		if r.URL.Path == "/busy" {
			<-r.Context().Done()
			ended <- r.Context().Err()
		}
	})}
	s := start(t, srv, false)
	fresh, idle, busy := s.Dial(), s.Dial(), s.Dial()
	idle.Get("/")
	receive(t, begun, "the handler")
	busy.Send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n")
	receive(t, begun, "the handler")
	require.NoError(t, srv.Close())
	for _, p := range []*streamtest.Client{fresh, idle, busy} {
		_, _ = p.Rest()
	}
	assert.ErrorIs(t, receive(t, ended, "the handler"), context.Canceled)
}

// TestServerIsOver: a Server that was ended does not begin again, served or not.
func TestServerIsOver(t *testing.T) {
	for name, end := range map[string]func(*adapter.Server) error{
		"Shutdown": func(s *adapter.Server) error { return s.Shutdown(t.Context()) },
		"Close":    (*adapter.Server).Close,
	} {
		srv := &adapter.Server{Addr: "127.0.0.1:0"}
		require.NoError(t, end(srv), name)
		require.NoError(t, end(srv), name)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		assert.ErrorIs(t, srv.Serve(l), http.ErrServerClosed, name)
		assert.ErrorIs(t, l.Close(), net.ErrClosed, name)
		assert.ErrorIs(t, srv.ListenAndServe(), http.ErrServerClosed, name)
		assert.ErrorIs(t, srv.ListenAndServeTLS("", ""), http.ErrServerClosed, name)
	}
}

// TestServerListeners: one Server, several listeners, each with its own context.
func TestServerListeners(t *testing.T) {
	t.Parallel()
	srv := &adapter.Server{
		BaseContext: func(l net.Listener) context.Context {
			return context.WithValue(context.Background(), contextKey("l"), l.Addr().String())
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.Context().Value(contextKey("l")).(string))
		}),
	}
	first, second := start(t, srv, false), start(t, srv, false)
	for _, s := range []*service{first, second} {
		assert.Equal(t, s.Addr().String(), s.Dial().Get("/").Text)
	}
}

// TestServerKeepAlivesOff: as http.Server has it, and it can be taken back.
func TestServerKeepAlivesOff(t *testing.T) {
	t.Parallel()
	goOn, begun := make(chan struct{}), make(chan struct{}, 1)
	srv := &adapter.Server{Handler: busyService(goOn, begun)}
	s := start(t, srv, false)
	idle, busy := s.Dial(), s.Dial()
	idle.Get("/")
	busy.Send("GET /busy/written HTTP/1.1\r\nHost: a\r\n\r\n")
	receive(t, begun, "the handler")
	fresh := s.Dial()
	srv.SetKeepAlivesEnabled(false)
	idle.WantEnd()
	close(goOn)
	assert.True(t, busy.Want("GET").Close)
	busy.WantEnd()
	for _, p := range []*streamtest.Client{fresh, s.Dial()} {
		got := p.Get("/")
		assert.Equal(t, http.StatusOK, got.StatusCode)
		assert.True(t, got.Close)
		p.WantEnd()
	}
	srv.SetKeepAlivesEnabled(true)
	again := s.Dial()
	again.Get("/")
	assert.False(t, again.Get("/").Close)
}

// failing is a listener whose Accept fails with the errors, in turn.
type failing struct {
	errs   []error
	at     []time.Time
	closed chan struct{}
}

func (l *failing) Accept() (net.Conn, error) {
	l.at = append(l.at, time.Now())
	if len(l.errs) == 0 {
		<-l.closed
		return nil, net.ErrClosed
	}
	err := l.errs[0]
	l.errs = l.errs[1:]
	if err == nil {
		client, server := net.Pipe()
		_ = client.Close()
		return server, nil
	}
	return nil, err
}

func (l *failing) Close() error   { close(l.closed); return nil }
func (l *failing) Addr() net.Addr { return &net.TCPAddr{} }

// TestServerAcceptErrors: for want of descriptors the Server waits, longer each time;
// other errors end it.
func TestServerAcceptErrors(t *testing.T) {
	emfile := &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
	t.Run("temporary", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := &failing{closed: make(chan struct{})}
			for range 10 {
				l.errs = append(l.errs, emfile)
			}
			broken := errors.New("broken")
			l.errs = append(l.errs, nil, emfile, broken) // a success ends the waiting
			logged := new(streamtest.Log)
			assert.Equal(t, broken, (&adapter.Server{ErrorLog: logged.Logger()}).Serve(l))
			var delays []time.Duration
			for i := range l.at[1:] {
				delays = append(delays, l.at[i+1].Sub(l.at[i]))
			}
			ms := time.Millisecond
			assert.Equal(t, []time.Duration{5 * ms, 10 * ms, 20 * ms, 40 * ms, 80 * ms, 160 * ms, 320 * ms, 640 * ms, 1000 * ms, 1000 * ms, 0, 5 * ms}, delays)
			assert.Contains(t, logged.String(), "http: Accept error: accept tcp: too many open files; retrying in 5ms\n")
			<-l.closed
		})
	})
	t.Run("ended meanwhile", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := &failing{closed: make(chan struct{})}
			for range 100 {
				l.errs = append(l.errs, emfile)
			}
			srv := &adapter.Server{ErrorLog: log.New(io.Discard, "", 0)}
			done := make(chan error, 1)
			go func() { done <- srv.Serve(l) }()
			time.Sleep(5 * time.Second)
			synctest.Wait()
			before := time.Now()
			require.NoError(t, srv.Shutdown(t.Context()))
			assert.Zero(t, time.Since(before), "Shutdown does not wait for the back-off")
			assert.ErrorIs(t, <-done, http.ErrServerClosed)
		})
	})
}

// TestServerListenerFails: nothing is left of a call of Serve whose listener failed,
// as the leak check in TestMain sees.
func TestServerListenerFails(t *testing.T) {
	t.Parallel()
	config, _ := certificate()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- (&adapter.Server{TLSConfig: config}).ServeTLS(l, "", "") }()
	require.NoError(t, l.Close())
	assert.ErrorIs(t, receive(t, done, "ServeTLS"), net.ErrClosed)
}

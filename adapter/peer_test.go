package adapter_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/require"
)

// patience bounds every wait in these tests. Nothing is expected to take that long.
const patience = 15 * time.Second

// shared collects what concurrent goroutines log.
type shared struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// A service is an http.Server, or an adapter.Server, on a network.
type service struct {
	*http.Server
	on   network
	addr string
	log  *shared
}

// serve starts srv with h until the test ends; srv may be nil.
func serve(t *testing.T, h http.Handler, srv *http.Server) *service {
	t.Helper()
	return serveOn(t, loopback(t), h, srv)
}

// serveOn is serve on a network of the caller's.
func serveOn(t *testing.T, on network, h http.Handler, srv *http.Server) *service {
	t.Helper()
	if srv == nil {
		srv = &http.Server{}
	}
	s := &service{Server: srv, on: on, addr: on.Addr().String(), log: &shared{}}
	srv.Handler = h
	if srv.ErrorLog == nil {
		srv.ErrorLog = log.New(s.log, "", 0)
	}
	var own interface {
		Serve(net.Listener) error
		Shutdown(context.Context) error
	} = srv
	if h, ok := h.(*served); ok {
		own = h.like(srv)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = own.Serve(on)
	}()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = own.Shutdown(ctx)
		<-done
	})
	return s
}

// adapt returns an Adapter that is shut down when the test ends.
func adapt(t *testing.T, opts *adapter.Options) *adapter.Adapter {
	a := adapter.New(opts)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = a.Shutdown(ctx)
	})
	return a
}

// A peer is a client that says exactly what the test wants.
type peer struct {
	t    *testing.T
	conn net.Conn
	br   *bufio.Reader
}

func dial(t *testing.T, s *service) *peer {
	t.Helper()
	conn, err := s.on.dial()
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	return &peer{t, conn, bufio.NewReader(conn)}
}

func (p *peer) send(text string) *peer {
	p.t.Helper()
	_, err := io.WriteString(p.conn, text)
	require.NoError(p.t, err)
	return p
}

// A reply is a response as the client has read it.
type reply struct {
	*http.Response
	text    string
	interim []int
}

// read reads the response to a request with the given method, interim ones included.
func (p *peer) read(method string) (reply, error) {
	var got reply
	for {
		resp, err := http.ReadResponse(p.br, &http.Request{Method: method})
		if err != nil {
			return got, err
		}
		if resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
			got.interim = append(got.interim, resp.StatusCode)
			continue
		}
		body, err := io.ReadAll(resp.Body)
		got.Response, got.text = resp, string(body)
		return got, err
	}
}

func (p *peer) want(method string) reply {
	p.t.Helper()
	got, err := p.read(method)
	require.NoError(p.t, err)
	return got
}

// leaves ends the client's side of the connection.
func (p *peer) leaves() {
	p.t.Helper()
	require.NoError(p.t, p.conn.(*net.TCPConn).CloseWrite())
}

// get asks for path and returns the response.
func (p *peer) get(path string) reply {
	p.t.Helper()
	return p.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").want("GET")
}

// ended requires that nothing follows and the server closes.
func (p *peer) ended() {
	p.t.Helper()
	rest, err := io.ReadAll(p.br)
	var timeout net.Error
	require.False(p.t, errors.As(err, &timeout) && timeout.Timeout(), "the connection is still open")
	require.Empty(p.t, string(rest))
}

func hook(f func(s *stream.Stream, c *stream.Context) hooks.Status) hooks.HookFunc { return f }

// receive returns what comes from ch in time.
func receive[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		require.FailNow(t, "timed out waiting for "+what)
		panic("unreachable")
	}
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

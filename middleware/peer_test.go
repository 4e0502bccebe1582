package middleware_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
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

// modes are the ways in which middleware is mounted: alone, and under an Adapter.
var modes = map[string]*adapter.Options{
	"alone":    nil,
	"OnDemand": {},
	"Eager":    {Takeover: adapter.Eager},
	"Never":    {Takeover: adapter.Never},
}

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

// A service is a server with what it has logged.
type service struct {
	*httptest.Server
	log *shared
}

// serve serves h, under an Adapter if opts is not nil.
func serve(t *testing.T, h http.Handler, opts *adapter.Options) *service {
	t.Helper()
	if opts != nil {
		a := adapter.New(opts)
		h = a.Wrap(h)
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			_ = a.Shutdown(ctx)
		})
	}
	s := &service{httptest.NewUnstartedServer(h), &shared{}}
	s.Config.ErrorLog = log.New(s.log, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// A peer is a client with one connection.
type peer struct {
	t    *testing.T
	conn net.Conn
	br   *bufio.Reader
}

func dial(t *testing.T, s *service) *peer {
	t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	return &peer{t, conn, bufio.NewReader(conn)}
}

// A reply is a response whose body was read.
type reply struct {
	*http.Response
	text string
}

// do sends a request as it stands and reads the answer.
func (p *peer) do(request string) (reply, error) {
	if _, err := io.WriteString(p.conn, request); err != nil {
		return reply{}, err
	}
	resp, err := http.ReadResponse(p.br, nil)
	if err != nil {
		return reply{}, err
	}
	body, err := io.ReadAll(resp.Body)
	return reply{resp, string(body)}, err
}

// get asks for path; field is a line of its own, or "".
func (p *peer) get(path, field string) reply {
	p.t.Helper()
	if field != "" {
		field += "\r\n"
	}
	got, err := p.do("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + field + "\r\n")
	require.NoError(p.t, err)
	return got
}

// ended requires that the server closes and sends nothing more.
func (p *peer) ended() {
	p.t.Helper()
	rest, err := io.ReadAll(p.br)
	if err != nil {
		require.NotErrorIs(p.t, err, context.DeadlineExceeded)
		require.NotContains(p.t, err.Error(), "timeout")
	}
	require.Empty(p.t, string(rest))
}

func hook(f func(s *stream.Stream, c *stream.Context) hooks.Status) hooks.HookFunc { return f }

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

// sends answers with body on the Stream.
func sends(body string) hooks.HookFunc {
	return func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Body = []byte(body)
		if err := s.Send(c.Response().Build()); err != nil {
			panic(err)
		}
		return hooks.Continue
	}
}

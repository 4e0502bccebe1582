package streamtest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
)

// hello is a hook that sends.
func hello(s *stream.Stream, c *stream.Context) hooks.Status {
	c.Response().SetBody(http.StatusOK, "text/plain", "hello, "+c.Query("name"))
	if s.Send(c.Response().Build()) != nil {
		return hooks.Reject
	}
	return hooks.Continue
}

// servers are what a hook can be reached through.
func servers() map[string]func() streamtest.Server {
	h := func() http.Handler { return adapter.HandlerFunc(hello) }
	return map[string]func() streamtest.Server{
		"rung 0":   func() streamtest.Server { return &http.Server{Handler: h()} },
		"OnDemand": func() streamtest.Server { return &http.Server{Handler: adapter.New(nil).Wrap(h())} },
		"Eager": func() streamtest.Server {
			return &http.Server{Handler: adapter.New(&adapter.Options{Takeover: adapter.Eager}).Wrap(h())}
		},
		"Never": func() streamtest.Server {
			return &http.Server{Handler: adapter.New(&adapter.Options{Takeover: adapter.Never}).Wrap(h())}
		},
		"Server": func() streamtest.Server { return &adapter.Server{Handler: h()} },
	}
}

// Every server serves every network, and a bubble.
func TestServe(t *testing.T) {
	t.Parallel()
	converse := func(t *testing.T, srv streamtest.Server, opts *streamtest.Options) {
		s := streamtest.Serve(t, srv, opts)
		first, second := s.Dial(), s.Dial()
		for _, c := range []*streamtest.Client{first, second, first} {
			assert.Equal(t, "hello, Ada", c.Get("/?name=Ada").Text)
		}
		second.CloseWrite()
		assert.NoError(t, second.WantEnd())
		assert.Empty(t, s.Log.String())
	}
	for name, srv := range servers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			overBoth(t, func(t *testing.T, opts *streamtest.Options) { converse(t, srv(), opts) })
			synctest.Test(t, func(t *testing.T) { converse(t, srv(), &streamtest.Options{Latency: time.Second}) })
		})
	}
}

// An http.Client can use a service, for which it is one server among others.
func TestDialContext(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, opts *streamtest.Options) {
		s := streamtest.Serve(t, &http.Server{Handler: adapter.HandlerFunc(hello)}, opts)
		transport := &http.Transport{DialContext: s.DialContext}
		defer transport.CloseIdleConnections()
		resp, err := (&http.Client{Transport: transport}).Get("http://example.com/?name=Bob")
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, "hello, Bob", string(body))
	})
}

// Clients can be told apart by their addresses.
func TestDialFrom(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.RemoteAddr) })
	s := streamtest.Serve(t, &http.Server{Handler: h}, nil)
	assert.Equal(t, "192.0.2.2:1024", s.Dial().Get("/").Text)
	assert.Equal(t, "192.0.2.2:1025", s.Dial().Get("/").Text)
	assert.Equal(t, "203.0.113.9:1026", s.DialFrom(netip.MustParseAddr("203.0.113.9")).Get("/").Text)
	assert.Equal(t, "192.0.2.1:80", s.Addr().String())
	tcp := streamtest.Serve(t, &http.Server{Handler: h}, &streamtest.Options{TCP: true})
	assert.Contains(t, tcp.DialFrom(netip.MustParseAddr("127.0.0.1")).Get("/").Text, "127.0.0.1:")
}

// Nobody listens any more.
func TestRefused(t *testing.T) {
	t.Parallel()
	l := streamtest.Listen(nil)
	require.NoError(t, l.Close())
	assert.ErrorIs(t, l.Close(), net.ErrClosed)
	_, err := l.Dial()
	assert.ErrorIs(t, err, syscall.ECONNREFUSED)
	_, err = l.Accept()
	assert.ErrorIs(t, err, net.ErrClosed)

	l = streamtest.Listen(nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = l.DialContext(ctx, "", "")
	assert.ErrorIs(t, err, context.Canceled)
	wantFailure(t, "streamtest.Service.Dial: dial tcp 192.0.2.1:80: connect", func(t streamtest.TB) {
		srv := &http.Server{}
		s := streamtest.Serve(t, srv, nil)
		s.Dial()
		_ = srv.Close()
		s.Dial()
	})
}

// The log of an http.Server is kept, unless it has one.
func TestServiceLog(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") })
	s := streamtest.Serve(t, &http.Server{Handler: h}, nil)
	s.Dial().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").WantEnd()
	assert.Contains(t, s.Log.String(), "http: panic serving 192.0.2.2:1024: oh")
	var own streamtest.Log
	s = streamtest.Serve(t, &http.Server{Handler: h, ErrorLog: own.Logger()}, nil)
	s.Dial().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").WantEnd()
	assert.Empty(t, s.Log.String())
	assert.Contains(t, own.String(), "panic serving")
}

// A stuck server does not shut down when it is asked to.
type stuck struct{ http.Server }

func (s *stuck) Shutdown(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// A broken server cannot serve.
type broken struct{ http.Server }

func (*broken) Serve(net.Listener) error { return errors.New("broken") }

// A test fails whose server does not end as it should.
func TestServeFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		wantFailure(t, "streamtest.Serve: Shutdown: context deadline exceeded", func(t streamtest.TB) {
			streamtest.Serve(t, new(stuck), &streamtest.Options{Patience: time.Minute})
		})
		assert.Equal(t, time.Minute, time.Since(start))
	})
	wantFailure(t, "streamtest.Serve: Serve ended with: broken", func(t streamtest.TB) { streamtest.Serve(t, new(broken), nil) })
}

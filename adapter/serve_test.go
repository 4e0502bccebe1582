package adapter_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience bounds every wait in these tests. Nothing is expected to take that long.
const patience = streamtest.DefaultPatience

// A service is a server with what it logs.
type service struct {
	*streamtest.Service
	streamtest.Server
	log *streamtest.Log
}

// serve has srv serve h over TCP until the test ends; srv may be nil.
func serve(t *testing.T, h http.Handler, srv *http.Server) *service {
	t.Helper()
	return serveOver(t, h, srv, &streamtest.Options{TCP: true})
}

// serveOver is serve over any network. In a bubble of synctest it must be memory.
func serveOver(t *testing.T, h http.Handler, srv *http.Server, opts *streamtest.Options) *service {
	t.Helper()
	if srv == nil {
		srv = &http.Server{}
	}
	logged := new(streamtest.Log)
	srv.Handler = h
	if srv.ErrorLog == nil {
		srv.ErrorLog = logged.Logger()
	}
	var own streamtest.Server = srv
	if h, ok := h.(*served); ok {
		own = h.like(srv)
	}
	return &service{streamtest.Serve(t, own, opts), own, logged}
}

// inTime runs test in memory, where time-outs come exactly when they are due, and over TCP,
// where a busy machine needs time of its own. unit is the time to measure in.
func inTime(t *testing.T, test func(t *testing.T, opts *streamtest.Options, unit time.Duration)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) { test(t, nil, time.Second) })
	})
	t.Run("TCP", func(t *testing.T) {
		t.Parallel()
		test(t, &streamtest.Options{TCP: true}, 400*time.Millisecond)
	})
}

// inGoodTime has try made again, over TCP, when it reports that it was late for a time-out: a
// busy machine may take longer than a short one for what takes no time. In memory, where net
// is nil, nothing is ever late.
func inGoodTime(t *testing.T, net *streamtest.Options, try func() (late bool)) {
	t.Helper()
	for start := time.Now(); try(); {
		require.NotNil(t, net, "late, where time stands still")
		require.Less(t, time.Since(start), patience, "always late")
	}
}

// answered reports whether a request for path is answered with 200.
func answered(c *streamtest.Client, path string) bool {
	_, _ = io.WriteString(c.Conn(), "GET "+path+" HTTP/1.1\r\nHost: a\r\n\r\n") // if it fails so does what follows
	got, err := c.Next("GET")
	return err == nil && got.StatusCode == http.StatusOK
}

// loops counts the goroutines that serve a connection, or wait for one that does not rest.
func loops() int {
	p := make([]byte, 16<<20)
	return strings.Count(string(p[:runtime.Stack(p, true)]), "adapter.(*owner).loop(")
}

// adapt returns an Adapter that is shut down when the test ends.
func adapt(t *testing.T, opts *adapter.Options) *adapter.Adapter {
	o := adapter.Options{}
	if opts != nil {
		o = *opts
	}
	a := adapter.New(observed(t, &o))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		assert.NoError(t, a.Shutdown(ctx))
	})
	return a
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

package adapter_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestServerObservesHTTP2: a connection that net/http serves for the Server is counted with
// the others, and the others are served as if nobody looked.
func TestServerObservesHTTP2(t *testing.T) {
	t.Parallel()
	l := newLedger()
	conf, pool := certificate()
	srv := &adapter.Server{Handler: http.HandlerFunc(echo), TLSConfig: conf, Options: &adapter.Options{Observer: l}}
	s := start(t, srv, true)
	transport := &http.Transport{
		ForceAttemptHTTP2: true, DialContext: s.DialContext,
		TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"},
	}
	client := http.Client{Transport: transport, Timeout: patience}
	for range 3 {
		resp, err := client.Get("https://127.0.0.1/")
		require.NoError(t, err)
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, "HTTP/2.0 TLS / ", string(text))
	}
	old := dialTLS(t, s, "http/1.1")
	require.Equal(t, "HTTP/1.1 TLS / ", old.Get("/").Text)
	require.Eventually(t, func() bool {
		g := l.gauges()
		return g.Conns == 2 && g.HTTP2 == 1 && g.Idle == 1 && g.Taken == 0
	}, patience, time.Millisecond, "%+v", l.gauges())
	transport.CloseIdleConnections()
	old.Close()
	l.settled(t)
	l.mu.Lock()
	defer l.mu.Unlock()
	assert.Len(t, l.requests, 4)
	got := map[stream.CloseReason]int64{}
	for _, c := range l.conns {
		got[c.Reason] = c.Requests
	}
	assert.Equal(t, map[stream.CloseReason]int64{stream.ClosedByServer: 0, stream.ClosedByClient: 1}, got)
}

// TestServerObservesRefusedConns: what is closed before it has brought a request.
func TestServerObservesRefusedConns(t *testing.T) {
	t.Parallel()
	l := newLedger()
	conf, _ := certificate()
	srv := &adapter.Server{Handler: http.HandlerFunc(echo), TLSConfig: conf, Options: &adapter.Options{
		Observer: l, PerAddress: adapter.AddressLimits{Conns: 1},
	}}
	s := start(t, srv, true)
	kept := dialTLS(t, s, "http/1.1")
	_, _ = s.Dial().Rest()
	l.until(t, "the refusal", func() bool { return len(l.refused) == 1 })
	kept.Close()
	l.until(t, "the end", func() bool { return len(l.conns) == 1 })
	_, _ = s.Dial().Send("no TLS at all").Rest()
	l.until(t, "the refusal", func() bool { return len(l.refused) == 2 })
	l.settled(t)
	l.mu.Lock()
	defer l.mu.Unlock()
	assert.Equal(t, "accept", l.refused[0].Op)
	assert.ErrorIs(t, l.refused[0].Err, adapter.ErrCrowded)
	assert.Equal(t, "TLS handshake", l.refused[1].Op)
	assert.Zero(t, l.refused[1].Status)
}

// TestObservedServerAttends: a Server that is observed serves requests within the wait for
// them as another does, because nobody else gets to know its connections.
func TestObservedServerAttends(t *testing.T) {
	t.Parallel()
	inside := make(chan bool, 1)
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inside <- withinWait() })
	srv := &adapter.Server{Handler: h, Options: &adapter.Options{Observer: stream.NopObserver{}}}
	plain := &adapter.Server{Handler: h}
	var got [2]bool
	for i, s := range []*adapter.Server{srv, plain} {
		start(t, s, false).Dial().Get("/")
		got[i] = receive(t, inside, "the handler")
	}
	assert.Equal(t, got[1], got[0])
}

// TestShutdownHasTold: when a Shutdown returns, all that it has waited for was told.
func TestShutdownHasTold(t *testing.T) {
	for _, ac := range accounts() {
		if ac.name == "hijack" { // whose handler nobody waits for
			continue
		}
		t.Run(ac.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newLedger()
				srv := &adapter.Server{Handler: ac.handler, Options: &adapter.Options{
					Observer: tardy{l}, Request: stream.RequestConfig{MaxPathSize: 100},
				}}
				s := startOver(t, srv, false, nil)
				for range 4 {
					ac.send(s.Dial())
				}
				require.NoError(t, srv.Shutdown(t.Context()))
				l.mu.Lock()
				defer l.mu.Unlock()
				assert.Len(t, l.requests, 4)
				assert.Len(t, l.conns, 4)
				assert.Len(t, l.over, 4*ac.streams)
			})
		})
	}
}

// A tardy ledger is one that takes its time.
type tardy struct{ *ledger }

func (l tardy) ConnClosed(c stream.ConnInfo, end stream.ConnEnd) {
	time.Sleep(short)
	l.ledger.ConnClosed(c, end)
}

func (l tardy) StreamEnded(end stream.StreamEnd) {
	time.Sleep(short)
	l.ledger.StreamEnded(end)
}

func (l tardy) RequestEnded(r stream.RequestInfo, end stream.RequestEnd) {
	time.Sleep(short)
	l.ledger.RequestEnded(r, end)
}

// withinWait reports whether the caller is called by whoever waits for requests.
func withinWait() bool {
	p := make([]byte, 64<<10)
	return strings.Contains(string(p[:runtime.Stack(p, false)]), "RawRead")
}

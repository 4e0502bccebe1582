package adapter_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const handshake = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

// untold is a DrainWindow of which nobody meets the moment to be told within grace: of an hour,
// one of the streams in these tests did in every tenth run or so.
const untold = 100 * 365 * 24 * time.Hour

// grace is the time for a shutdown: less than the time for a head, which ends as well.
const grace = 20 * time.Second

// deafService goes on until forever is closed, whatever anybody wants.
func deafService(forever <-chan struct{}) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/request", func(http.ResponseWriter, *http.Request) { <-forever })
	mux.HandleFunc("/quick", text("quick"))
	mux.HandleFunc("/hijack", func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = io.WriteString(conn, "mine")
			<-forever
			_ = conn.Close()
		}
	})
	mux.Handle("/events", adapter.Handler(sse.Hook(func(x *sse.Session) error {
		err := x.Start()
		<-forever
		return err
	}, &sse.Options{ReturnWithin: -1})))
	mux.Handle("/silent", adapter.Handler(sse.Hook(func(*sse.Session) error {
		<-forever
		return nil
	}, &sse.Options{ReturnWithin: -1, Heartbeat: -1})))
	mux.Handle("/detached", adapter.Handler(sse.Hook(func(x *sse.Session) error { return x.Detach(nil) }, &sse.Options{ReturnWithin: -1})))
	mux.Handle("/ws/detached", adapter.Handler(ws.Hook(func(*ws.Conn, int, []byte) error { return nil },
		&ws.Options{CloseTimeout: time.Hour, Detach: true})))
	mux.Handle("/ws", adapter.Handler(ws.Hook(func(*ws.Conn, int, []byte) error { return nil },
		&ws.Options{CloseTimeout: time.Hour})))
	return mux
}

// shutdowns are the ways to shut a service down, each with the way to serve.
var shutdowns = []struct {
	name string
	mode adapter.Takeover
	own  bool
	on   bool // from RegisterOnShutdown of the server
}{
	{name: "OnDemand"},
	{name: "Eager", mode: adapter.Eager},
	{name: "Eager, registered", mode: adapter.Eager, on: true},
	{name: "Server", own: true},
}

// inShutdown serves the deaf service in each way. shut shuts down and returns what that
// says.
func inShutdown(t *testing.T, opts adapter.Options, test func(t *testing.T, s *service, forever chan struct{}, shut func(context.Context) error)) {
	for _, way := range shutdowns {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				forever := make(chan struct{})
				h, opts := deafService(forever), opts
				opts.Takeover = way.mode
				if way.own {
					s := startOver(t, &adapter.Server{Handler: h, Options: &opts}, false, nil)
					test(t, s, forever, s.Shutdown)
					return
				}
				a, srv := adapter.New(&opts), &http.Server{}
				a.Register(srv)
				s := serveOver(t, a.Wrap(h), srv, nil)
				if !way.on {
					test(t, s, forever, a.Shutdown)
					return
				}
				ended := make(chan error, 1)
				var until context.Context
				srv.RegisterOnShutdown(sync.OnceFunc(func() { ended <- a.Shutdown(until) }))
				test(t, s, forever, func(ctx context.Context) error {
					until = ctx
					_ = srv.Shutdown(ctx)
					return <-ended
				})
			})
		})
	}
}

// TestShutdownError: what does not end in time is cut, and counted by its kind.
func TestShutdownError(t *testing.T) {
	for name, window := range map[string]time.Duration{"told at once": 0, "not told yet": untold} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inShutdown(t, adapter.Options{DrainWindow: window}, func(t *testing.T, s *service, forever chan struct{}, shut func(context.Context) error) {
				var cut []*streamtest.Client
				begin := func(n int, request string) {
					for range n {
						cut = append(cut, s.Dial().Send(request))
					}
				}
				get := func(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n" }
				begin(2, get("/request"))
				begin(3, get("/events"))
				begin(1, get("/silent"))
				begin(2, handshake)
				begin(3, upgradeTo("/ws/detached"))
				begin(4, get("/detached"))
				begin(1, get("/quick")+"GET /quick HT")
				hijacked := s.Dial().Send(get("/hijack")).WantBytes("mine")
				idle := s.Dial()
				idle.Get("/quick")
				synctest.Wait()

				ctx, cancel := context.WithTimeout(t.Context(), grace)
				defer cancel()
				began := time.Now()
				err := shut(ctx)
				assert.Equal(t, grace, time.Since(began))
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				var report *adapter.ShutdownError
				require.ErrorAs(t, err, &report)
				events := 4
				if window > 0 {
					events += 4 // which else end when they are told to
				}
				want := map[stream.Kind]int{
					stream.KindRequest: 2, stream.KindEvents: events, stream.KindWebSocket: 5, stream.KindIdle: 1, stream.KindHijacked: 1,
				}
				all := !strings.HasSuffix(t.Name(), "OnDemand")
				if !all { // the others are the http.Server's
					want = map[stream.Kind]int{stream.KindEvents: events, stream.KindWebSocket: 5}
				}
				assert.Equal(t, want, report.Open)
				hijacked.WantSilence(time.Second)
				close(forever)
				if all {
					idle.WantEnd()
				}
				_ = s.Server.Close() // what is net/http's own
				for _, c := range cut {
					_, _ = c.Rest()
				}
				hijacked.WantEnd()
			})
		})
	}
}

// TestShutdownErrorCuts: what is cut is cut at once, though its hook goes on.
func TestShutdownErrorCuts(t *testing.T) {
	for _, window := range []time.Duration{0, untold} {
		for path, request := range map[string]string{
			"request":   "GET /request HTTP/1.1\r\nHost: a\r\n\r\n",
			"events":    "GET /events HTTP/1.1\r\nHost: a\r\n\r\n",
			"WebSocket": handshake,
		} {
			t.Run(fmt.Sprint(path, " ", window), func(t *testing.T) {
				t.Parallel()
				inShutdown(t, adapter.Options{DrainWindow: window}, func(t *testing.T, s *service, forever chan struct{}, shut func(context.Context) error) {
					defer close(forever)
					if path == "request" && strings.HasSuffix(t.Name(), "OnDemand") {
						return // it is the http.Server's
					}
					c := s.Dial().Send(request)
					synctest.Wait()
					ctx, cancel := context.WithTimeout(t.Context(), grace)
					defer cancel()
					began := time.Now()
					require.Error(t, shut(ctx))
					_, _ = c.Rest()
					assert.Equal(t, grace, time.Since(began))
				})
			})
		}
	}
}

// TestShutdownErrorText: kinds that there is none of are not named.
func TestShutdownErrorText(t *testing.T) {
	t.Parallel()
	for want, open := range map[string]map[stream.Kind]int{
		"nothing cut":   nil,
		"1 request cut": {stream.KindRequest: 1, stream.KindIdle: 0},
		"2 WebSockets, 1 event stream, 3 requests cut":                   {stream.KindRequest: 3, stream.KindEvents: 1, stream.KindWebSocket: 2},
		"1 hijacked connection left to handlers":                         {stream.KindHijacked: 1},
		"1 idle connection cut, 2 hijacked connections left to handlers": {stream.KindHijacked: 2, stream.KindIdle: 1},
	} {
		err := &adapter.ShutdownError{Open: open, Err: context.DeadlineExceeded}
		assert.EqualError(t, err, "adapter: shutdown: "+want+": context deadline exceeded")
		assert.ErrorIs(t, fmt.Errorf("main: %w", err), context.DeadlineExceeded)
	}
}

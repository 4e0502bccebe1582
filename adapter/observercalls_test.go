package adapter_test

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFirstByte: how long a response takes to begin is told apart from how long it goes on.
func TestFirstByte(t *testing.T) {
	const think, talk = time.Second, time.Hour
	rows := map[string]http.Handler{
		"handler": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(think)
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			time.Sleep(talk)
		}),
		"Stream": adapter.Handler(hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
			time.Sleep(think)
			must("head", s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")), nil)
			time.Sleep(talk)
			must("body", s.Send([]byte("ab")), nil)
			return hooks.Continue
		})),
		"events": adapter.Handler(sse.Hook(func(x *sse.Session) error {
			time.Sleep(think)
			must("event", x.Send(sse.Event{Data: "1"}), nil)
			time.Sleep(talk)
			return nil
		}, nil)),
	}
	for _, m := range mounts() {
		for name, h := range rows {
			if m.bare {
				continue
			}
			t.Run(m.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					l := newLedger()
					p := serveOver(t, m.with(t, h, adapter.Options{Observer: l}), nil, &streamtest.Options{Patience: -1}).Dial()
					for range 2 {
						p.Get("/")
					}
					p.Close()
					l.settled(t)
					l.mu.Lock()
					defer l.mu.Unlock()
					require.Len(t, l.requests, 2)
					for _, got := range l.requests {
						assert.Equal(t, think, got.FirstByte)
						assert.Equal(t, think+talk, got.Duration)
					}
				})
			})
		}
	}
}

// TestDrops: what a slow client does not get is told, once.
func TestDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 8 << 10
		l, goOn := newLedger(), make(chan struct{})
		mux := http.NewServeMux()
		mux.Handle("/stream", adapter.Handler(hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
			must("head", s.Send([]byte("HTTP/1.1 200 OK\r\n\r\n")), nil)
			p := make([]byte, size)
			for s.TrySend(p) == nil { // until the queue is full
			}
			must("send", s.TrySend(p), stream.ErrBufferFull)
			<-goOn
			return hooks.Reject
		})))
		mux.Handle("/events", adapter.Handler(sse.Hook(func(x *sse.Session) error {
			for x.Dropped() < 3 {
				must("event", x.Send(sse.Event{Data: strings.Repeat("e", size)}), nil)
				time.Sleep(time.Millisecond) // until all that can be sent is
			}
			<-goOn
			return nil
		}, &sse.Options{QueueSize: 4 * size, Policy: sse.DropOldest})))
		mux.Handle("/ws", adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
			conn, err := ws.Accept(s, c, nil)
			must("accept", err, nil)
			p := make([]byte, size)
			for conn.TryWrite(ws.BinaryMessage, p) == nil {
			}
			<-goOn
			return hooks.Reject
		})))
		srv := &adapter.Server{Handler: mux, Options: &adapter.Options{Observer: l, QueueSize: 4 * size}}
		s := startOver(t, srv, false, &streamtest.Options{Window: size})
		for _, ask := range []string{"/stream HTTP/1.1", "/events HTTP/1.1", accounts()[len(accounts())-1].request} {
			if strings.HasPrefix(ask, " ") {
				ask = "/ws" + ask
			}
			s.Dial().Send("GET " + ask + "\r\nHost: a\r\n\r\n")
		}
		time.Sleep(time.Second) // until all of them wait
		want := map[stream.Drop]int{
			{Count: 1, Refused: true}: 2, {Kind: stream.KindEvents, Count: 1}: 3, {Kind: stream.KindWebSocket, Count: 1, Refused: true}: 1,
		}
		got := map[stream.Drop]int{}
		l.mu.Lock()
		for _, d := range l.drops {
			assert.NotZero(t, d.Conn)
			d.Conn = 0
			got[d]++
		}
		assert.Equal(t, want, got)
		g := l.samples[0]()
		l.mu.Unlock()
		assert.Equal(t, [3]int64{3, 1, 1}, [3]int64{g.Conns, g.EventStreams, g.WebSockets})
		assert.Greater(t, g.Queued, int64(2*size))
		assert.Equal(t, int64(1), g.Upgraded)
		close(goOn)
		require.NoError(t, srv.Close())
		l.settled(t)
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, end := range l.over {
			if end.Kind == stream.KindEvents {
				assert.Equal(t, int64(3), end.Dropped)
			}
			assert.ErrorIs(t, end.Err, net.ErrClosed, "%s", end.Kind)
		}
	})
}

// TestGauges: what goes on at the moment.
func TestGauges(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{}, 1)
	a := adapt(t, &adapter.Options{Takeover: adapter.Eager})
	s := serve(t, a.Wrap(busyService(nil, begun)), nil)
	idle, busy := s.Dial(), s.Dial()
	idle.Get("/")
	busy.Send("GET /busy/written HTTP/1.1\r\nHost: a\r\n\r\n")
	receive(t, begun, "the handler")
	require.Eventually(t, func() bool { return a.Gauges().Idle == 1 }, patience, time.Millisecond)
	g := a.Gauges()
	assert.Equal(t, stream.Gauges{Conns: 2, Idle: 1, Taken: 2, BytesIn: g.BytesIn, BytesOut: g.BytesOut}, g)
	assert.NotZero(t, g.BytesOut)
	busy.Close()
}

// A curiousObserver calls back what it is told of, and panics then.
type curiousObserver struct {
	stream.NopObserver
	calls atomic.Int64
	s     atomic.Pointer[stream.Stream]

	mu      sync.Mutex // guards what follows
	samples []func() stream.Gauges
}

// sample returns what all have that o is attached to.
func (o *curiousObserver) sample() (g []stream.Gauges) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.samples {
		g = append(g, f())
	}
	return g
}

func (o *curiousObserver) call() {
	o.calls.Add(1)
	o.sample()
	if s := o.s.Load(); s != nil {
		s.Closed()
		s.Queued()
		_ = s.TryFlush()
		s.KeepAlive(true)
	}
	panic("an observer's")
}

func (o *curiousObserver) Attached(sample func() stream.Gauges) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.samples = append(o.samples, sample)
}

func (o *curiousObserver) ConnOpened(stream.ConnInfo)                         { o.call() }
func (o *curiousObserver) ConnClosed(stream.ConnInfo, stream.ConnEnd)         { o.call() }
func (o *curiousObserver) RequestBegan(stream.RequestInfo)                    { o.call() }
func (o *curiousObserver) RequestEnded(stream.RequestInfo, stream.RequestEnd) { o.call() }
func (o *curiousObserver) StreamBegan(stream.RequestInfo, stream.Kind)        { o.call() }
func (o *curiousObserver) StreamEnded(stream.StreamEnd)                       { o.call() }
func (o *curiousObserver) Refused(stream.RequestInfo, *stream.RequestError)   { o.call() }
func (o *curiousObserver) Panicked(stream.RequestInfo, *stream.PanicError)    { o.call() }
func (o *curiousObserver) Dropped(stream.Drop)                                { o.call() }

// TestObserverCallsBack: no lock is held while an Observer runs, and its panics change
// nothing but the log.
func TestObserverCallsBack(t *testing.T) {
	for _, m := range mounts() {
		for _, ac := range accounts() {
			if m.bare || ac.raw && m.mode == adapter.Never {
				continue
			}
			t.Run(m.name+"/"+ac.name, func(t *testing.T) {
				t.Parallel()
				o := new(curiousObserver)
				keep := hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
					o.s.Store(s)
					return hooks.Continue
				})
				opts := adapter.Options{Observer: o, RequestHooks: hooks.Chain{keep}, Request: stream.RequestConfig{MaxPathSize: 100}}
				s := serve(t, m.with(t, ac.handler, opts), nil)
				p := s.Dial()
				ac.send(p)
				p.Close()
				require.Eventually(t, func() bool {
					return o.calls.Load() >= 2 && allZero(o.sample()) &&
						strings.Contains(s.log.String(), "panic in an observer: an observer's")
				}, patience, time.Millisecond)
			})
		}
	}
}

func allZero(g []stream.Gauges) bool {
	return !slices.ContainsFunc(g, func(g stream.Gauges) bool { return g != stream.Gauges{} })
}

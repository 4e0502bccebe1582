package otelmetrics_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/adapter/otelmetrics"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// collect returns all measurements, by name and attributes: sums and gauges as they are, of
// a histogram the count.
func collect(t *testing.T, reader *metric.ManualReader) map[string]int64 {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &all))
	got := make(map[string]int64)
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			note := func(set attribute.Set, n int64) {
				var attrs []string
				for _, kv := range set.ToSlice() {
					attrs = append(attrs, string(kv.Key)+"="+kv.Value.String())
				}
				slices.Sort(attrs)
				got[strings.TrimSpace(m.Name+" "+strings.Join(attrs, " "))] = n
			}
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					note(p.Attributes, p.Value)
				}
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					note(p.Attributes, int64(p.Count))
				}
			case metricdata.Histogram[int64]:
				for _, p := range data.DataPoints {
					note(p.Attributes, p.Sum)
				}
			default:
				assert.Fail(t, "what is this", "%s: %T", m.Name, data)
			}
		}
	}
	return got
}

// expect waits until the measurements are those of want, and returns all of them.
func expect(t *testing.T, reader *metric.ManualReader, want map[string]int64) map[string]int64 {
	t.Helper()
	var got map[string]int64
	assert.EventuallyWithT(t, func(c *assert.CollectT) {
		got = collect(t, reader)
		for name, n := range want {
			assert.Equal(c, n, got[name], name)
		}
	}, 10*time.Second, time.Millisecond)
	return got
}

func newObserver(t *testing.T) (*otelmetrics.Observer, *metric.ManualReader) {
	reader := metric.NewManualReader()
	provider := metric.NewMeterProvider(metric.WithReader(reader))
	t.Cleanup(func() { assert.NoError(t, provider.Shutdown(t.Context())) })
	o, err := otelmetrics.New(provider, nil)
	require.NoError(t, err)
	return o, reader
}

const handshake = " HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

func service(goOn <-chan struct{}) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) { _ = r.Write(w) })
	mux.HandleFunc("/users/{id}", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "Ada") })
	mux.Handle("/panic", adapter.HandlerFunc(func(*stream.Stream, *stream.Context) hooks.Status { panic("oh") }))
	mux.Handle("/events", adapter.Handler(sse.Hook(func(x *sse.Session) error {
		_ = x.Send(sse.Event{Data: "1"})
		<-goOn
		return nil
	}, nil)))
	mux.Handle("/ws", adapter.Handler(ws.Hook(func(*ws.Conn, int, []byte) error { return nil }, nil)))
	return mux
}

// TestObserver: what is reported of a mixed traffic, while it goes on and when it is over.
func TestObserver(t *testing.T) {
	t.Parallel()
	o, reader := newObserver(t)
	goOn := make(chan struct{})
	srv := &adapter.Server{Handler: service(goOn), Options: &adapter.Options{Observer: o, Request: stream.RequestConfig{MaxPathSize: 50}}}
	s := streamtest.Serve(t, srv, &streamtest.Options{TCP: true})
	idle, events, socket := s.Dial(), s.Dial(), s.Dial()
	for range 3 {
		require.Equal(t, "Ada", idle.Get("/users/7").Text)
	}
	idle.Send("NONSENSE /users/8 HTTP/1.1\r\nHost: a\r\n\r\n").Want("GET")
	idle.Get("/panic")
	events.Send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n").Take(len("HTTP/1.1 200 OK"))
	socket.Send("GET /ws" + handshake).Want("GET")
	require.Equal(t, 414, s.Dial().Get("/"+strings.Repeat("x", 60)).StatusCode)

	expect(t, reader, map[string]int64{
		"onramp.connections onramp.connection.state=active":                                 1,
		"onramp.connections onramp.connection.state=idle":                                   1,
		"onramp.connections onramp.connection.state=upgraded":                               1,
		"onramp.connections.closed onramp.close.reason=refused":                             1,
		"onramp.connections.taken_over":                                                     0,
		"onramp.streams onramp.stream.kind=event stream":                                    1,
		"onramp.streams onramp.stream.kind=WebSocket":                                       1,
		"http.server.active_requests http.request.method=GET url.scheme=http":               2,
		"http.server.active_requests http.request.method=_OTHER url.scheme=http":            0,
		"onramp.refusals http.response.status_code=414 onramp.refusal.op=read request line": 1,
		"onramp.panics": 1,
	})

	close(goOn)
	for _, p := range []*streamtest.Client{idle, events, socket} {
		p.Close()
	}
	require.NoError(t, srv.Shutdown(t.Context()))
	const users = " http.request.method=GET http.response.status_code=200 http.route=/users/{id} network.protocol.version=1.1 url.scheme=http"
	const other = " http.request.method=_OTHER http.response.status_code=200 http.route=/users/{id} network.protocol.version=1.1 url.scheme=http"
	const failed = " error.type=500 http.request.method=GET http.response.status_code=500 http.route=/panic network.protocol.version=1.1 url.scheme=http"
	const streamed = " http.request.method=GET http.response.status_code=200 http.route=/events network.protocol.version=1.1 url.scheme=http"
	got := expect(t, reader, map[string]int64{
		"http.server.request.duration" + users:                   3,
		"http.server.request.duration" + other:                   1,
		"http.server.request.duration" + failed:                  1,
		"http.server.request.duration" + streamed:                0,
		"onramp.first_byte.duration" + streamed:                  1,
		"http.server.response.body.size" + users:                 9,
		"onramp.stream.duration onramp.stream.kind=event stream": 1,
		"onramp.stream.duration onramp.stream.kind=WebSocket":    1,
		"onramp.streams onramp.stream.kind=event stream":         0,
		"onramp.streams onramp.stream.kind=WebSocket":            0,
		"onramp.connections onramp.connection.state=idle":        0,
		"onramp.connections onramp.connection.state=active":      0,
		"onramp.connections onramp.connection.state=upgraded":    0,
		"onramp.connection.duration":                             4,
		"onramp.connection.requests":                             8,
		"onramp.queue.size":                                      0,
	})
	assert.Greater(t, got["onramp.connection.io network.io.direction=receive"], int64(300))
	assert.Greater(t, got["onramp.connection.io network.io.direction=transmit"], int64(500))
	require.NoError(t, o.Close())
	assert.NotContains(t, collect(t, reader), "onramp.queue.size")
}

// TestDrops: refused sends are told from dropped events.
func TestDrops(t *testing.T) {
	t.Parallel()
	o, reader := newObserver(t)
	o.Dropped(stream.Drop{Kind: stream.KindEvents, Count: 3})
	o.Dropped(stream.Drop{Count: 1, Refused: true})
	got := collect(t, reader)
	assert.Equal(t, int64(3), got["onramp.drops onramp.drop.refused=false onramp.stream.kind=event stream"])
	assert.Equal(t, int64(1), got["onramp.drops onramp.drop.refused=true"])
}

// TestManyRoutes: what is kept has a bound, and what is reported has none but the SDK's.
func TestManyRoutes(t *testing.T) {
	t.Parallel()
	reader := metric.NewManualReader()
	provider := metric.NewMeterProvider(metric.WithReader(reader), metric.WithCardinalityLimit(0))
	o, err := otelmetrics.New(provider, &otelmetrics.Options{Route: func(r *http.Request) string { return r.URL.Path }})
	require.NoError(t, err)
	for i := range 1500 {
		r, err := http.NewRequest("GET", fmt.Sprint("/", i), nil)
		require.NoError(t, err)
		for range 2 {
			o.RequestBegan(stream.RequestInfo{Request: r})
			o.RequestEnded(stream.RequestInfo{Request: r}, stream.RequestEnd{Status: 200, BytesOut: 1})
		}
	}
	got := collect(t, reader)
	for _, i := range []int{0, 1499} {
		assert.Equal(t, int64(2), got[fmt.Sprintf("http.server.response.body.size http.request.method=GET http.response.status_code=200 http.route=/%d network.protocol.version=1.1 url.scheme=http", i)])
	}
	assert.Panics(t, func() { _, _ = otelmetrics.New(nil, nil) })
}

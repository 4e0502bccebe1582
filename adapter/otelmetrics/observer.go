package otelmetrics

import (
	"context"
	"net/http"
	"sync"

	"github.com/onramp-go/onramp/stream"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// scope is the name of the Meter.
const scope = "github.com/onramp-go/onramp/adapter/otelmetrics"

// Options says what is reported. The zero value is valid.
type Options struct {
	// Route returns http.route for a request that was answered, "" for none. There must
	// not be many. nil: the path of Request.Pattern, which http.ServeMux sets.
	Route func(*http.Request) string
}

// An Observer reports what it is told to OpenTelemetry. It is made by [New] and may serve
// several Adapters, whose numbers it adds up.
type Observer struct {
	stream.NopObserver
	instruments
	opts  Options
	sets  sets
	watch metric.Registration

	mu      sync.Mutex // guards what follows
	samples []func() stream.Gauges
	in, out int64 // bytes of connections that are closed
	most    [2]int64
}

// New returns an Observer that reports to provider. opts is copied; nil selects every
// default. The error is the provider's. New panics if provider is nil.
func New(provider metric.MeterProvider, opts *Options) (*Observer, error) {
	if provider == nil {
		panic("otelmetrics.New: provider is nil")
	}
	o := &Observer{}
	if opts != nil {
		o.opts = *opts
	}
	if o.opts.Route == nil {
		o.opts.Route = patternPath
	}
	meter := provider.Meter(scope)
	if err := o.make(meter); err != nil {
		return nil, err
	}
	var err error
	o.watch, err = meter.RegisterCallback(o.collect, o.observables()...)
	return o, err
}

// Close ends the reports of what goes on at the moment. The Observer can still be told of
// events.
func (o *Observer) Close() error { return o.watch.Unregister() }

// Attached implements [stream.Observer], as do the others.
func (o *Observer) Attached(sample func() stream.Gauges) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.samples = append(o.samples, sample)
}

// ConnClosed reports what has become of a connection.
func (o *Observer) ConnClosed(_ stream.ConnInfo, end stream.ConnEnd) {
	ctx := context.Background()
	o.mu.Lock()
	o.in += end.BytesIn
	o.out += end.BytesOut
	o.mu.Unlock()
	o.connsClosed.Add(ctx, 1, o.sets.get(setKey{reason: string(end.Reason)}))
	o.connDuration.Record(ctx, end.Life.Seconds())
	o.connRequests.Record(ctx, end.Requests)
}

// RequestBegan counts a request as active.
func (o *Observer) RequestBegan(r stream.RequestInfo) {
	o.active.Add(context.Background(), 1, o.sets.get(began(r.Request)))
}

// RequestEnded reports how a request was answered.
func (o *Observer) RequestEnded(r stream.RequestInfo, end stream.RequestEnd) {
	ctx := context.Background()
	o.active.Add(ctx, -1, o.sets.get(began(r.Request)))
	with := o.sets.get(o.ended(r.Request, end))
	if end.Kind == "" {
		o.duration.Record(ctx, end.Duration.Seconds(), with)
	}
	if end.Status != 0 {
		o.firstByte.Record(ctx, end.FirstByte.Seconds(), with)
	}
	o.requestSize.Record(ctx, end.BytesIn, with)
	o.responseSize.Record(ctx, end.BytesOut, with)
}

// StreamEnded reports how long a stream has gone on.
func (o *Observer) StreamEnded(end stream.StreamEnd) {
	o.streamDuration.Record(context.Background(), end.Life.Seconds(), o.sets.get(setKey{kind: end.Kind}))
}

// Refused counts a refusal.
func (o *Observer) Refused(_ stream.RequestInfo, err *stream.RequestError) {
	o.refusals.Add(context.Background(), 1, o.sets.get(setKey{status: err.Status, op: err.Op}))
}

// Panicked counts a panic.
func (o *Observer) Panicked(stream.RequestInfo, *stream.PanicError) {
	o.panics.Add(context.Background(), 1)
}

// Dropped counts what was not sent.
func (o *Observer) Dropped(d stream.Drop) {
	o.drops.Add(context.Background(), d.Count, o.sets.get(setKey{kind: d.Kind, drop: true, refused: d.Refused}))
}

// collect reports what goes on at the moment.
func (o *Observer) collect(_ context.Context, to metric.Observer) error {
	o.mu.Lock()
	samples := o.samples
	o.mu.Unlock()
	var g stream.Gauges
	for _, sample := range samples {
		g.Add(sample())
	}
	o.mu.Lock()
	// One that is closed right now may be in both sums, or in none.
	o.most[0], o.most[1] = max(o.most[0], o.in+g.BytesIn), max(o.most[1], o.out+g.BytesOut)
	in, out := o.most[0], o.most[1]
	o.mu.Unlock()
	for state, n := range map[string]int64{"idle": g.Idle, "active": max(g.Conns-g.Idle-g.Upgraded, 0), "upgraded": g.Upgraded} {
		to.ObserveInt64(o.conns, n, metric.WithAttributes(attribute.String("onramp.connection.state", state)))
	}
	to.ObserveInt64(o.taken, g.Taken)
	to.ObserveInt64(o.queue, g.Queued)
	for kind, n := range map[stream.Kind]int64{stream.KindEvents: g.EventStreams, stream.KindWebSocket: g.WebSockets} {
		to.ObserveInt64(o.streams, n, metric.WithAttributes(attribute.String("onramp.stream.kind", string(kind))))
	}
	for direction, n := range map[string]int64{"receive": in, "transmit": out} {
		to.ObserveInt64(o.io, n, metric.WithAttributes(attribute.String("network.io.direction", direction)))
	}
	return nil
}

package otelmetrics

import (
	"errors"

	"go.opentelemetry.io/otel/metric"
)

// seconds and bytes are buckets; the first are those that the conventions advise.
var (
	seconds     = metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
	longSeconds = metric.WithExplicitBucketBoundaries(0.1, 1, 5, 15, 60, 300, 900, 3600, 6*3600, 24*3600)
	bytes       = metric.WithExplicitBucketBoundaries(0, 256, 1<<10, 4<<10, 16<<10, 64<<10, 256<<10, 1<<20, 4<<20, 16<<20, 64<<20)
	numbers     = metric.WithExplicitBucketBoundaries(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10000)
)

// instruments are what is reported with.
type instruments struct {
	duration, firstByte, connDuration, streamDuration metric.Float64Histogram
	requestSize, responseSize, connRequests           metric.Int64Histogram
	active                                            metric.Int64UpDownCounter
	connsClosed, refusals, panics, drops              metric.Int64Counter

	conns, taken, queue, streams metric.Int64ObservableUpDownCounter
	io                           metric.Int64ObservableCounter
}

func (s *instruments) make(m metric.Meter) error {
	var failed []error
	check := func(err error) { failed = append(failed, err) }
	histogram := func(name, text string, buckets metric.HistogramOption) metric.Float64Histogram {
		h, err := m.Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(text), buckets)
		check(err)
		return h
	}
	sizes := func(name, unit, text string, buckets metric.HistogramOption) metric.Int64Histogram {
		h, err := m.Int64Histogram(name, metric.WithUnit(unit), metric.WithDescription(text), buckets)
		check(err)
		return h
	}
	counter := func(name, unit, text string) metric.Int64Counter {
		c, err := m.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(text))
		check(err)
		return c
	}
	gauge := func(name, unit, text string) metric.Int64ObservableUpDownCounter {
		g, err := m.Int64ObservableUpDownCounter(name, metric.WithUnit(unit), metric.WithDescription(text))
		check(err)
		return g
	}
	var err error
	s.duration = histogram("http.server.request.duration", "Duration of HTTP server requests.", seconds)
	s.active, err = m.Int64UpDownCounter("http.server.active_requests", metric.WithUnit("{request}"),
		metric.WithDescription("Number of active HTTP server requests."))
	check(err)
	s.requestSize = sizes("http.server.request.body.size", "By", "Size of HTTP server request bodies.", bytes)
	s.responseSize = sizes("http.server.response.body.size", "By", "Size of HTTP server response bodies.", bytes)

	s.firstByte = histogram("onramp.first_byte.duration", "Time from the head of a request to that of its response.", seconds)
	s.conns = gauge("onramp.connections", "{connection}", "Connections under the adapter.")
	s.taken = gauge("onramp.connections.taken_over", "{connection}", "Connections that were taken over from net/http.")
	s.connsClosed = counter("onramp.connections.closed", "{connection}", "Connections that were closed, or given to a handler.")
	s.connDuration = histogram("onramp.connection.duration", "Time that a connection was under the adapter.", longSeconds)
	s.connRequests = sizes("onramp.connection.requests", "{request}", "Requests that a connection has brought.", numbers)
	s.io, err = m.Int64ObservableCounter("onramp.connection.io", metric.WithUnit("By"),
		metric.WithDescription("Bytes read from and written to connections under the adapter."))
	check(err)
	s.queue = gauge("onramp.queue.size", "By", "Bytes that were accepted and that the kernel does not have.")
	s.streams = gauge("onramp.streams", "{stream}", "Event streams and WebSockets.")
	s.streamDuration = histogram("onramp.stream.duration", "Time that an event stream or a WebSocket has gone on.", longSeconds)
	s.refusals = counter("onramp.refusals", "{request}", "Requests that were refused before a handler.")
	s.panics = counter("onramp.panics", "{panic}", "Panics of hooks and handlers.")
	s.drops = counter("onramp.drops", "{send}", "What was not sent because a client does not keep up.")
	return errors.Join(failed...)
}

// observables are those that are asked for.
func (s *instruments) observables() []metric.Observable {
	return []metric.Observable{s.conns, s.taken, s.queue, s.streams, s.io}
}

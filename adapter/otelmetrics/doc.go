// Package otelmetrics reports to OpenTelemetry what a [stream.Observer] is told:
//
//	o, err := otelmetrics.New(provider, nil)
//	a := adapter.New(&adapter.Options{Observer: o})
//
// It is a module of its own, so that nobody else depends on OpenTelemetry, and needs its
// API only; which exporter the numbers leave through is the provider's.
//
// # Metrics
//
// Those of the semantic conventions for HTTP servers, with their attributes and buckets:
//
//   - http.server.request.duration: seconds. A request that has become an event stream or a
//     WebSocket is not in it, so that a stream does not look like a slow request
//   - http.server.active_requests
//   - http.server.request.body.size, http.server.response.body.size: bytes
//
// And what these have no name for:
//
//   - onramp.first_byte.duration: seconds to the head of a response, of streams, too
//   - onramp.connections, by onramp.connection.state: idle, active, upgraded
//   - onramp.connections.taken_over: those that were net/http's before
//   - onramp.connections.closed, by onramp.close.reason
//   - onramp.connection.duration: seconds; onramp.connection.requests
//   - onramp.connection.io: bytes, by network.io.direction
//   - onramp.queue.size: bytes in outbound queues
//   - onramp.streams, onramp.stream.duration: by onramp.stream.kind
//   - onramp.refusals, by http.response.status_code and onramp.refusal.op
//   - onramp.panics
//   - onramp.drops, by onramp.stream.kind and onramp.drop.refused
//
// No attribute holds anything that a client can choose at will: unknown methods are "_OTHER",
// and the route is the pattern that has matched.
package otelmetrics

package stream

import (
	"net/http"
	"time"
)

// A ConnInfo names a connection, for an [Observer].
type ConnInfo struct {
	ID         uint64 // that of [Stream.ID]
	RemoteAddr string // the client's address, as in http.Request
	Accepted   bool   // by adapter.Server; false: taken over from net/http
	HTTP2      bool   // served by net/http, for an adapter.Server: its requests do not name it
}

// A ConnEnd says what has become of a connection since it was opened.
type ConnEnd struct {
	Reason   CloseReason
	Err      error // what has brought it about, for logs; nil: nothing went wrong
	Requests int64 // that have begun, the one that took the connection over included; 0 over HTTP/2
	// BytesIn and BytesOut are those of HTTP, inside of TLS. What net/http has read and
	// written before it was taken over is in neither, nor HTTP/2's.
	BytesIn, BytesOut int64
	Life              time.Duration // since ConnOpened, or since it was accepted
}

// A RequestInfo names a request, for an [Observer].
type RequestInfo struct {
	// Conn is the ID of the connection. 0: none was taken over, or not yet.
	Conn uint64
	// Request is the request as the adapter has got it, to be read only. It is empty
	// where it could not be parsed, and for what panics behind its end.
	Request *http.Request
}

// A RequestEnd says how a request was answered.
type RequestEnd struct {
	// Status is that of the response. 0: there was none, or the handler has answered by
	// itself on a connection that it was given by Hijack.
	Status int
	// FirstByte is the time from the head of the request to the head of the response, or
	// to the first send on the Stream. 0: nothing was sent. It does not depend on
	// how long a stream goes on; Duration, to the end of the response, does.
	FirstByte, Duration time.Duration
	// BytesIn and BytesOut are the size of the bodies, as far as they were read and sent.
	// What was sent on a Stream counts with its chunks; what follows a 101 does not.
	BytesIn, BytesOut int64
	// Kind is what the request has become, "" for one like any other.
	Kind Kind
	// Aborted says that the response was cut short: a panic, http.ErrAbortHandler.
	Aborted bool
}

// A StreamEnd says what has become of an event stream or a WebSocket.
type StreamEnd struct {
	Conn    uint64 // ID of the connection, 0: none was taken over
	Kind    Kind
	Life    time.Duration
	Dropped int64 // how much was dropped meanwhile; see [Drop]
	Err     error // why it has ended, for logs; nil: unknown
}

// A Drop is something that was not sent because the client does not keep up.
type Drop struct {
	Conn  uint64 // ID of the connection, 0: none was taken over
	Kind  Kind   // of the stream, "" for a Stream that is neither
	Count int64  // events that an sse.Policy has dropped, or sends that were refused
	// Refused says that a call has returned [ErrBufferFull], so that the sender knows.
	Refused bool
}

// Gauges is what goes on at a moment.
type Gauges struct {
	// Conns are the connections under the adapter: accepted by adapter.Server, or taken
	// over. Those that net/http serves are not seen, but for those that an adapter.Server
	// hands to it for HTTP/2.
	Conns    int64 `json:"conns"`
	Idle     int64 `json:"idle"`     // of these, waiting for a request
	Taken    int64 `json:"taken"`    // of these, taken over from net/http
	HTTP2    int64 `json:"http2"`    // of these, served by net/http over HTTP/2, where there is an Observer
	Upgraded int64 `json:"upgraded"` // of these, another protocol's since a 101
	// EventStreams and WebSockets are on whatever connection.
	EventStreams int64 `json:"event_streams"`
	WebSockets   int64 `json:"websockets"`
	// Queued are the bytes that were accepted and that the kernel does not have, in the
	// outbound queues of the connections.
	Queued int64 `json:"queued"`
	// BytesIn and BytesOut are those of the connections that are open, since they are
	// under the adapter. They are counted only where there is an Observer.
	BytesIn  int64 `json:"bytes_in"`
	BytesOut int64 `json:"bytes_out"`
}

// Add adds o to g.
func (g *Gauges) Add(o Gauges) {
	g.Conns += o.Conns
	g.Idle += o.Idle
	g.Taken += o.Taken
	g.HTTP2 += o.HTTP2
	g.Upgraded += o.Upgraded
	g.EventStreams += o.EventStreams
	g.WebSockets += o.WebSockets
	g.Queued += o.Queued
	g.BytesIn += o.BytesIn
	g.BytesOut += o.BytesOut
}

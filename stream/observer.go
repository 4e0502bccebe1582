package stream

// An Observer is told what becomes of connections, requests and streams, for logs and
// metrics. It is set by adapter.Options.Observer; adapter.Log, adapter.Counters and the
// module adapter/otelmetrics have ready ones, and adapter.Observers joins several.
//
// Embed [NopObserver] in every implementation: the interface grows, and what an Observer
// does not care for costs it nothing. Without an Observer nothing is noted at all; with one,
// requests that net/http answers do so through a writer that takes notes.
//
// # Order
//
// What has begun ends: each ConnOpened is followed by one ConnClosed, each RequestBegan by
// one RequestEnded, each StreamBegan by one StreamEnded, whatever ends them. On HTTP/1.x
// the requests of a connection that was taken over come one after the other, and all of
// them between its ConnOpened and its ConnClosed, but for two: the request that takes the
// connection over has begun before, and one whose handler keeps the connection by Hijack
// ends behind ConnClosed. A stream may outlast its request. What a Shutdown has waited for
// was told when it returns. What somebody serves with the writer and the request of one that
// is over is no request.
//
// # Concurrency
//
// Methods are called from many goroutines at a time: those that serve connections, and for
// Dropped those that send. No lock of this module is held meanwhile, so that a method may
// call a Stream, an Adapter or a Server, but not wait for a Shutdown. The connection waits
// until the method returns. A panic is logged to the server's ErrorLog and goes no further.
//
// What is passed belongs to the Observer, but for the request, which is only to be read,
// and not after the method has returned.
type Observer interface {
	// Attached is called by adapter.New, and by an adapter.Server when it first serves: once
	// for each Adapter. sample returns what goes on under it at the moment; it looks at each
	// connection, and may be called at any time.
	Attached(sample func() Gauges)

	// ConnOpened and ConnClosed enclose the life of a connection under the adapter.
	ConnOpened(c ConnInfo)
	ConnClosed(c ConnInfo, end ConnEnd)

	// RequestBegan is called when the head of a request has been read, RequestEnded when
	// its response is complete, or handed to a stream that goes on by itself.
	RequestBegan(r RequestInfo)
	RequestEnded(r RequestInfo, end RequestEnd)

	// StreamBegan is called when a request has become an event stream or a WebSocket.
	StreamBegan(r RequestInfo, kind Kind)
	StreamEnded(end StreamEnd)

	// Refused is called for a request that breaches a limit or cannot be parsed, before
	// it is answered; and for a connection that adapter.Server has closed before a request:
	// as soon as it was accepted, on the goroutine that accepts, then Op is "accept"; or
	// after a TLS handshake that has failed, then Status is 0. Nothing is known of the
	// request then but its RemoteAddr.
	Refused(r RequestInfo, err *RequestError)
	// Panicked is called for a panic of a hook or handler, once for each, before it is
	// answered. http.ErrAbortHandler is none.
	Panicked(r RequestInfo, err *PanicError)
	// Dropped is called when something was not sent because a client does not keep up.
	Dropped(d Drop)
}

// A NopObserver is an [Observer] that does nothing, to be embedded.
type NopObserver struct{}

// Attached implements [Observer], as do the others.
func (NopObserver) Attached(func() Gauges)               {}
func (NopObserver) ConnOpened(ConnInfo)                  {}
func (NopObserver) ConnClosed(ConnInfo, ConnEnd)         {}
func (NopObserver) RequestBegan(RequestInfo)             {}
func (NopObserver) RequestEnded(RequestInfo, RequestEnd) {}
func (NopObserver) StreamBegan(RequestInfo, Kind)        {}
func (NopObserver) StreamEnded(StreamEnd)                {}
func (NopObserver) Refused(RequestInfo, *RequestError)   {}
func (NopObserver) Panicked(RequestInfo, *PanicError)    {}
func (NopObserver) Dropped(Drop)                         {}

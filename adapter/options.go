package adapter

import (
	"time"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// Takeover says when an HTTP/1.x connection is taken over from net/http.
type Takeover uint8

const (
	// OnDemand takes a connection over when a hook first needs it.
	OnDemand Takeover = iota
	// Eager takes each connection over at its first request, unless that request
	// asks to close the connection: it pays from the second request on.
	Eager
	// Never takes none over. Streams work over the http.ResponseWriter.
	Never
)

// Defaults of [Options].
const (
	DefaultQueueSize     = 1 << 20
	DefaultWriteTimeout  = stream.DefaultWriteTimeout
	DefaultHeaderTimeout = 30 * time.Second
	DefaultBodyTimeout   = stream.DefaultBodyTimeout
	DefaultIdleTimeout   = 3 * time.Minute
)

// Options says how an [Adapter] treats what passes through it. The zero value is
// valid: no hooks, no limits beyond net/http's, OnDemand.
type Options struct {
	// Takeover says when connections are taken over.
	Takeover Takeover

	// Request bounds what clients may send. Zero fields leave the limits of the
	// http.Server.
	Request stream.RequestConfig

	// RequestHooks run before the handler, ResponseHooks just before the head of
	// its response is sent.
	RequestHooks, ResponseHooks hooks.Chain
	// RequestErrorHooks run for requests that breach a limit or cannot be parsed,
	// with Context.RequestError set and the plain status staged. A first request
	// that net/http itself cannot parse is answered by net/http.
	RequestErrorHooks hooks.Chain
	// TaskPanicHooks run when a hook or handler has panicked, with
	// Context.TaskPanic set and, unless the response had begun, a plain 500
	// staged. Without any, a handler's panic does what it does in net/http.
	TaskPanicHooks hooks.Chain

	// QueueSize bounds the outbound queue of each stream, in bytes. 0:
	// DefaultQueueSize. Negative: nothing is queued, so that TrySend always
	// answers stream.ErrBufferFull.
	QueueSize int
	// WriteTimeout bounds how long a write on a connection that was taken over
	// waits for the client without progress. 0: the server's WriteTimeout if it has
	// one, else DefaultWriteTimeout. Negative: no bound. It holds for each write,
	// so a stream may live as long as its client goes on reading. Where a carrier has
	// no descriptor, as TLS, one of ten seconds and more may come half a second late.
	WriteTimeout time.Duration
	// HeaderTimeout bounds the time to read the head of a request on a connection
	// that was taken over, where neither the server nor Request has a time-out. 0:
	// DefaultHeaderTimeout. Negative: no bound.
	HeaderTimeout time.Duration
	// BodyTimeout bounds how slowly a request body may come on a connection that was
	// taken over, where neither the server nor Request bounds the time to read it: the
	// time spent waiting for each 16 KiB, give or take half a second. A handler that
	// sets a read deadline of its own, or enables full duplex, is not held to it.
	// 0: DefaultBodyTimeout. Negative: no bound.
	BodyTimeout time.Duration
	// IdleTimeout bounds the wait for the next request on a connection that was
	// taken over, where the server has no IdleTimeout or ReadTimeout. 0:
	// DefaultIdleTimeout. Negative: no bound.
	IdleTimeout time.Duration
	// PerAddress bounds connections and requests that have come in part, for each
	// client's address. The zero value bounds neither. Behind a proxy all clients have
	// its address: there it belongs into the proxy, or the proxy into its Key.
	PerAddress AddressLimits
	// MaxConnAge bounds how long a connection that was taken over goes on being kept
	// alive: the next request after that, less up to a tenth that differs between
	// connections, is answered with Connection: close. It is for balancers that spread
	// connections and not requests. Event streams and WebSockets have a Lifetime of
	// their own. 0 or negative: no bound.
	MaxConnAge time.Duration
	// Observer is told what becomes of connections, requests and streams: see
	// [stream.Observer], [Log], [Counters] and [Observers]. nil: nothing is noted.
	Observer stream.Observer
	// DrainWindow is the time over which Shutdown spreads the ends of event streams
	// and WebSockets, so that their clients do not all return at the same moment.
	// 0: all at once. The context given to Shutdown must live longer.
	DrainWindow time.Duration
}

// settings resolves the defaults.
func (o *Options) settings() stream.Settings {
	s := stream.Settings{
		Request: o.Request, QueueSize: o.QueueSize, WriteTimeout: o.WriteTimeout,
		HeaderTimeout: o.HeaderTimeout, BodyTimeout: o.BodyTimeout, IdleTimeout: o.IdleTimeout,
		Observer: o.Observer,
	}
	if s.QueueSize == 0 {
		s.QueueSize = DefaultQueueSize
	}
	for _, d := range []struct {
		at  *time.Duration
		def time.Duration
	}{{&s.HeaderTimeout, DefaultHeaderTimeout}, {&s.BodyTimeout, DefaultBodyTimeout}, {&s.IdleTimeout, DefaultIdleTimeout}} {
		if *d.at == 0 {
			*d.at = d.def
		}
	}
	return s
}

package sse

import "time"

// A Policy says what happens to an event for a client that does not keep up, once
// the session's queue is full.
type Policy uint8

const (
	// Wait has Send wait for room, up to Options.SendTimeout, and then refuse the
	// event with os.ErrDeadlineExceeded. TrySend refuses it with
	// stream.ErrBufferFull at once. Nothing is dropped without an error.
	Wait Policy = iota
	// DropOldest makes room by dropping what has waited longest.
	DropOldest
	// KeepLatest drops events that a later one of the same Name has overtaken, then,
	// if that is not enough, what has waited longest: for values of which only the
	// last one counts.
	KeepLatest
	// End cuts the session: Send returns [ErrSlow], what is queued is lost, and the
	// client reconnects with the ID of the last event that it has got.
	End
)

// Defaults of [Options].
const (
	DefaultHeartbeat    = 15 * time.Second
	DefaultQueueSize    = 256 << 10
	DefaultSendTimeout  = 5 * time.Second
	DefaultReturnWithin = 5 * time.Second
)

// Options says how a session treats its client. The zero value, and nil, select
// every default.
type Options struct {
	// Heartbeat is how long nothing is sent before a comment is, so that proxies do
	// not take the connection for dead. 0: DefaultHeartbeat. Negative: none.
	Heartbeat time.Duration

	// QueueSize bounds, in bytes, the events that wait for a client that does not
	// keep up, beside what the kernel holds and one write under way (32 KiB, or one
	// event). It also bounds a single event, or list. 0: DefaultQueueSize. Negative:
	// no bound.
	QueueSize int
	// Policy says what happens when the queue is full. The default is Wait.
	Policy Policy
	// SendTimeout bounds how long Send waits for room under the policy Wait. 0:
	// DefaultSendTimeout. Negative: for as long as the session lives.
	SendTimeout time.Duration
	// MissedEvent is the Name of an event that tells the client that some were dropped
	// on their way to it, right where they are missing; its Data is how many, in
	// decimal. "": it is not told, and [Session.Dropped] alone knows.
	MissedEvent string

	// Lifetime is the longest that a session goes on, less up to a tenth at random: then
	// it ends as it does when the server shuts down, with stream.ErrExpired for its
	// reason, and the client returns. 0 or negative: no bound.
	Lifetime time.Duration
	// Revalidate is asked at each Heartbeat, each DefaultHeartbeat if there is none, and
	// whatever is sent meanwhile, whether the session may go on: a token that was revoked
	// is a reason not to. Its error ends the session in good order; the hook finds it in
	// the cause of [Session.Context] and in the errors of sends, the client does not. A
	// panic does the same, and is logged. It runs on a goroutine of its own, once at a
	// time, and holds up nothing but the end of a shutdown; it should return when
	// x.Context ends, and may read x.Request, which is nil once x is detached. nil: it
	// may go on.
	Revalidate func(x *Session) error

	// Retry is the reconnection time that the client is told when the session
	// begins. Not positive: the client's own.
	Retry time.Duration
	// ReturnWithin is the time over which clients spread their return when the server
	// shuts down: each is told a random reconnection time up to it. 0:
	// DefaultReturnWithin. Negative: they are told none.
	ReturnWithin time.Duration
}

// resolved returns a copy with the defaults in place. op is who panics.
func resolved(opts *Options, op string) *Options {
	o := new(Options)
	if opts != nil {
		*o = *opts
	}
	if o.Policy > End {
		panic(op + ": no such Policy")
	}
	if (Event{Name: o.MissedEvent}).check() != nil {
		panic(op + ": line break or NUL in MissedEvent")
	}
	if o.QueueSize == 0 {
		o.QueueSize = DefaultQueueSize
	} else if o.QueueSize < 0 {
		o.QueueSize = int(^uint(0) >> 1)
	}
	for _, d := range []struct {
		at  *time.Duration
		def time.Duration
	}{{&o.Heartbeat, DefaultHeartbeat}, {&o.SendTimeout, DefaultSendTimeout}, {&o.ReturnWithin, DefaultReturnWithin}} {
		if *d.at == 0 {
			*d.at = d.def
		}
	}
	return o
}

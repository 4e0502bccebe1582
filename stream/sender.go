package stream

import "github.com/onramp-go/onramp/stream/internal/http1"

// A Sender sends without the costs of a [Stream], for packages that know what they send.
// It is for a connection that was taken over. Its methods may be called from any
// goroutine; like the Stream it is closed for good when the exchange is over.
type Sender struct {
	out *http1.Outbound
	f   *http1.Follower // nil: of another protocol
	n   Notes
}

// Sender returns a Sender for the rest of a response that has begun on the Stream. It
// reports false where there is none to be had.
func (x *Exchange) Sender() (Sender, bool) {
	n := x.Notes()
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.raw || x.over || x.closed {
		return Sender{}, false
	}
	begun := false
	x.out.Locked(func() { begun = x.follower.Begun() })
	return Sender{x.out, x.follower, n}, begun
}

// Send is [Stream.SendList].
func (s Sender) Send(frames ...[]byte) error {
	return s.n.sent(frames, s.out.Send(s.f, frames...))
}

// TrySend is [Stream.TrySendList].
func (s Sender) TrySend(frames ...[]byte) error {
	return s.n.sent(frames, s.out.TrySend(s.f, frames...))
}

// TrySendDirect is TrySend for frames that leave the framing of the response as it is,
// such as whole chunks, which nobody looks at. Where anything is queued already it refuses
// them with [ErrBufferFull].
func (s Sender) TrySendDirect(frames ...[]byte) error {
	return s.n.sent(frames, s.out.TrySendDirect(s.f, frames...))
}

// Flush is [Stream.Flush].
func (s Sender) Flush() error { return s.out.Flush() }

// Queued is [Stream.Queued].
func (s Sender) Queued() int { return s.out.Pending() }

// Ease is [Exchange.Ease].
func (s Sender) Ease() { s.out.Rest() }

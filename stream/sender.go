package stream

import "github.com/onramp-go/onramp/stream/internal/http1"

// A Sender sends past the parser that follows what goes out on a [Stream], for packages
// that know what they send. Its methods may be called from any goroutine.
type Sender struct{ out *http1.Outbound }

// Send is [Stream.SendList] without its costs.
func (s Sender) Send(frames ...[]byte) error { return s.out.Send(nil, frames...) }

// TrySend is [Stream.TrySendList] without its costs.
func (s Sender) TrySend(frames ...[]byte) error { return s.out.TrySend(nil, frames...) }

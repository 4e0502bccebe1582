package sse

import "github.com/onramp-go/onramp/stream"

// lasting returns what the owner has to know of the session.
func (x *Session) lasting() stream.Lasting {
	o := x.opts
	l := stream.Lasting{Kind: stream.KindEvents, End: x.shutDown, Lifetime: o.Lifetime}
	if o.Revalidate != nil {
		l.Revalidate = func() error { return o.Revalidate(x) }
		if l.Interval = o.Heartbeat; l.Interval <= 0 {
			l.Interval = DefaultHeartbeat
		}
	}
	return l
}

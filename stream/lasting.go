package stream

// A Kind names what may go on for longer than a request takes, for reports of what a
// shutdown had to cut.
type Kind string

// The kinds there are.
const (
	KindEvents    Kind = "event stream"
	KindWebSocket Kind = "WebSocket"
)

// Lasts tells the owner that something has begun which ends by a protocol of its own,
// an event stream or a WebSocket. When the owner shuts down it calls end, once and on a
// goroutine of its own; end has it come to its end soon, in good order. done is to be
// called, once, when it is over: a shutdown waits for that.
func (x *Exchange) Lasts(kind Kind, end func()) (done func()) {
	return x.owner.Lasts(serverOf(x.received), kind, end)
}

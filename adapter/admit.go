package adapter

import (
	"net/http"

	"github.com/onramp-go/onramp/stream"
)

// admit lets a request in that net/http has read, for its address's sake, or answers it.
// done is to be called behind the exchange.
func (o *owner) admit(x *stream.Exchange) (done func(), ok bool) {
	addr := parse(x.Request().RemoteAddr)
	if !o.counts && !o.crowd.enter(addr) {
		o.turnAway(x, &stream.RequestError{Op: "read request line", Status: http.StatusTooManyRequests, Err: ErrCrowded})
		return func() {}, false
	}
	end, refusal := x.Admit()
	if refusal != nil {
		o.turnAway(x, refusal)
	}
	return func() {
		end()
		if !o.counts && x.Conn() == nil { // else it is the connection's; see Closed
			o.crowd.leave(addr)
		}
	}, refusal == nil
}

// turnAway answers x with the refusal.
func (o *owner) turnAway(x *stream.Exchange, refusal *stream.RequestError) {
	if run := runner(o.opts.RequestErrorHooks); run != nil {
		defer x.OnRequestError(run)()
	}
	x.RefuseHere(refusal, snapshot(x.Writer()))
}

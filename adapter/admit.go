package adapter

import (
	"net/http"
	"net/netip"

	"github.com/onramp-go/onramp/stream"
)

// admit lets a request in that net/http has read, for its address's sake, or answers it.
// done is to be called behind the exchange.
func (o *owner) admit(x *stream.Exchange) (done func(), ok bool) {
	addr := parse(x.Request().RemoteAddr)
	if !o.counts && !o.crowd.enter(addr) {
		o.turnAway(x, &stream.RequestError{Op: "read request line", Status: http.StatusTooManyRequests, Err: ErrCrowded})
		return func() { o.settle(x, netip.Addr{}) }, false
	}
	end, refusal := x.Admit()
	if refusal != nil {
		o.turnAway(x, refusal)
	}
	return func() {
		end()
		o.settle(x, addr)
	}, refusal == nil
}

// settle is called behind an exchange that was counted as one from addr, the zero Addr: that
// was not. If it has taken the connection over that is the connection's, which Closed takes
// back, maybe has already, from an address of its own: middleware may have changed the
// request's, and a hook may refuse by a send.
func (o *owner) settle(x *stream.Exchange, addr netip.Addr) {
	if o.counts {
		return
	}
	if c := x.Conn(); c != nil {
		at := parse(c.RemoteAddr())
		if at == addr {
			return
		}
		o.crowd.add(at)
	}
	o.crowd.leave(addr)
}

// turnAway answers x with the refusal.
func (o *owner) turnAway(x *stream.Exchange, refusal *stream.RequestError) {
	if run := runner(o.opts.RequestErrorHooks); run != nil {
		defer x.OnRequestError(run)()
	}
	x.RefuseHere(refusal, snapshot(x.Writer()))
}

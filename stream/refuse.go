package stream

import (
	"maps"
	"net/http"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// Refuse answers a request that breaches a limit or cannot be parsed: the
// request-error hooks run, innermost first, until one answers or rejects; then the
// staged answer is sent, which is the plain status unless a hook has changed it. What
// net/http's server would have refused, and no hook cares for, is refused as it does.
// The connection is closed afterwards. keep holds the header fields that the answer
// starts from, such as those of middleware further out; nil: none.
func (x *Exchange) Refuse(err *RequestError, hooks []Runner, keep http.Header) {
	x.breach = true
	x.refuses(err)
	c := x.Context()
	x.stage(err.Status, keep)
	c.requestError = err
	staged := c.response
	staged.Header = maps.Clone(staged.Header)
	x.runSafely(hooks)
	switch {
	case x.connection() == nil && x.r.ProtoMajor == 1:
		c.Response().Header.Set("Connection", "close")
		x.AnswerRejected()
	case keep == nil && x.looped && c.response.same(staged):
		x.refuseLikeStock(err)
	default:
		x.AnswerRejected()
	}
	c.requestError = nil
}

// refused answers x, which nobody is to serve, and closes the connection.
func (c *Conn) refused(x *Exchange, bad *RequestError) {
	c.failed(bad)
	x.rw.CloseAfter()
	done := false
	defer func() {
		if !done { // a hook has called runtime.Goexit
			x.abandon()
		}
	}()
	x.Refuse(bad, x.refusers(), nil)
	done = true
	_, linger := x.finish()
	c.Close(linger)
}

// refuseLikeStock refuses a request as net/http's server does, where it would: one that
// could not be parsed, or whose expectation is unknown.
func (x *Exchange) refuseLikeStock(err *RequestError) {
	unparsed, unmet := x.r.Method == "", err.Status == http.StatusExpectationFailed
	if !unparsed && !unmet {
		x.AnswerRejected()
		return
	}
	if _, _, ok := x.claimAnswer(); !ok {
		return
	}
	if unmet {
		x.breach = false // which would have Connection sent as a field of the server's own
		x.rw.Header().Set("Connection", "close")
		x.rw.WriteHeader(err.Status)
		x.rw.Finish()
		x.breach = true
		return
	}
	x.rw.Refuse(http1.Refusal(err.Status, err.Err))
}

// RefuseHere is Refuse with the hooks of the layers around.
func (x *Exchange) RefuseHere(err *RequestError, keep http.Header) {
	x.Refuse(err, x.errorHooks, keep)
}

// Panicked stages a plain 500, unless the response has begun, runs hook with the
// panic, and sends what is staged then. keep holds the header fields that the answer
// starts from. It reports whether the response had begun, so that only an abort can
// tell the client.
func (x *Exchange) Panicked(err *PanicError, hook Runner, keep http.Header) (begun bool) {
	c := x.Context()
	c.taskPanic = err
	begun = x.Answered()
	if !begun {
		x.stage(http.StatusInternalServerError, keep)
	}
	if hook != nil {
		x.runSafely([]Runner{hook})
	}
	if !begun {
		x.AnswerRejected()
	}
	c.taskPanic = nil
	return begun
}

// stage replaces whatever is staged by a plain answer with this status.
func (x *Exchange) stage(status int, keep http.Header) {
	c := x.Context()
	c.Response() // whose fields go, but for keep
	header := make(http.Header)
	maps.Copy(header, keep)
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	c.response = Response{Status: status, Header: header, Body: []byte(statusLine(status) + "\n"), x: x}
}

// runSafely runs hooks that answer an error; a panic in one ends them.
func (x *Exchange) runSafely(hooks []Runner) {
	defer func() {
		if v := recover(); v != nil {
			err := &PanicError{Value: v, Stack: stack()}
			x.logf("onramp: panic in an error hook: %v\n%s", v, err.Stack)
			x.Saw(err)
		}
	}()
	for i := len(hooks) - 1; i >= 0; i-- {
		if !hooks[i](x.Stream(), x.Context()) || x.Answered() {
			return
		}
	}
}

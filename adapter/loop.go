package adapter

import (
	"net/http"
	"runtime/debug"

	"github.com/onramp-go/onramp/stream"
)

// Release serves a connection whose first exchange has ended, on a goroutine of its
// own: net/http's has larger stacks and buffers, and middleware further out ends with
// the request it belongs to.
func (o *owner) Release(c *stream.Conn, keepAlive bool) {
	go func() {
		if keepAlive {
			o.loop(c)
		} else {
			c.Close(true)
		}
	}()
}

// loop serves c until it ends, if only by runtime.Goexit in a hook.
func (o *owner) loop(c *stream.Conn) {
	handed := false // to another goroutine
	defer func() {
		if handed {
			return
		}
		if v := recover(); v != nil && v != http.ErrAbortHandler { // of ConnState
			c.Logf("http: panic serving %v: %v\n%s", c.RemoteAddr(), v, debug.Stack())
		}
		c.Close(false)
	}()
	serve := dispatch
	if o.opts.MaxConnAge > 0 {
		serve = func(c *stream.Conn, x *stream.Exchange) bool {
			o.outgrow(c)
			return dispatch(c, x)
		}
	}
	err := c.Serve(serve)
	switch err {
	case stream.ErrResting:
		handed = true
		if resume := func() { o.resume(c) }; !c.Park(resume) {
			go resume()
		}
	case stream.ErrDetached:
		handed = true
		if x := c.Detached(); x != nil {
			o.Detached(x)
		}
	}
}

// resume goes on with a resting connection, on a goroutine of its own.
func (o *owner) resume(c *stream.Conn) {
	c.Rest()
	o.begin(c)
}

// dispatch gives the exchange to the server's handler. It reports false when a panic
// has ended the connection.
func dispatch(c *stream.Conn, x *stream.Exchange) (ok bool) {
	defer func() {
		if ok {
			return
		}
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			logPanic(x, &stream.PanicError{Value: v, Stack: debug.Stack()})
		}
		x.Abort() // after runtime.Goexit, too
	}()
	server := c.Server()
	w, r := x.Arrived()
	handler := server.Handler
	if handler == nil {
		handler = http.DefaultServeMux
	}
	if !server.DisableGeneralOptionsHandler && r.RequestURI == "*" && r.Method == http.MethodOptions {
		handler = http.HandlerFunc(answerOptions)
	}
	if h, ok := handler.(*wrapped); ok && h.bare { // which would only pass on what is from the loop
		handler = h.next
	}
	handler.ServeHTTP(w, r)
	return true
}

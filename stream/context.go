package stream

import (
	"maps"
	"net/http"
	"slices"
	"sync"
)

// A Context is one request and what hooks make of it: the response they stage and
// the attributes they leave for each other. It is made by the adapter, belongs to
// the goroutine that runs the hook, and must not be used when the exchange is over.
//
// It is no context.Context; that is c.Request().Context().
type Context struct {
	x          *Exchange
	response   Response
	origin     http.Header         // fields of the writers below that are in response.Header, or were
	adopted    http.ResponseWriter // the last of these writers
	adopting   sync.Mutex          // held while the three change: the first sender does it, too
	fixed      bool                // response.Header is complete as it is
	attributes *attributes
	own        attributes // what attributes points to, unless they are another's
	body       []byte
	bodyRead   bool
	bodyErr    error

	requestError *RequestError
	taskPanic    *PanicError
}

// Request returns the request, an ordinary *http.Request whose context ends when the
// client has left or the exchange is over. It is never nil: a request-error hook for
// a request that could not be parsed gets an empty one.
func (c *Context) Request() *http.Request { return c.x.req() }

// SetRequest makes r the request that later hooks and handlers get, such as one with
// further context values. r must stem from Request.
func (c *Context) SetRequest(r *http.Request) { c.x.setRequest(r) }

// Response returns the response that is being staged.
func (c *Context) Response() *Response {
	if !c.fixed {
		c.adopt(c.x.Writer())
	}
	return &c.response
}

// adopt takes over the fields that middleware has set on w. What is staged has a map
// of its own, because w's may be in use on another goroutine once something was sent.
func (c *Context) adopt(w http.ResponseWriter) {
	c.adopting.Lock()
	defer c.adopting.Unlock()
	if c.response.Header == nil {
		c.response.Header = make(http.Header)
	} else if sameWriter(w, c.adopted) {
		return
	}
	c.adopted = w
	for name, values := range w.Header() {
		if c.origin == nil {
			c.origin = make(http.Header)
		}
		if _, known := c.origin[name]; !known {
			c.origin[name] = values
			c.response.Header[name] = slices.Clone(values)
		}
	}
}

// publish makes header, which belongs to a writer below, what is staged.
func (c *Context) publish(header http.Header) {
	for name := range c.origin {
		if _, staged := c.response.Header[name]; !staged {
			delete(header, name)
		}
	}
	maps.Copy(header, c.response.Header)
}

// KeepAlive reports whether the request allows the connection to be kept alive
// (RFC 9112, section 9.3). A CONNECT does not: what follows it may be meant for the tunnel.
func (c *Context) KeepAlive() bool {
	r := c.x.req()
	return !r.Close && c.requestError == nil && r.ProtoMajor > 0 && r.Method != http.MethodConnect
}

// RequestError says why the request could not be served. It is nil unless a
// request-error hook is running.
func (c *Context) RequestError() *RequestError { return c.requestError }

// TaskPanic is the panic that ended a hook or handler. It is nil unless a task-panic
// hook is running.
func (c *Context) TaskPanic() *PanicError { return c.taskPanic }

// reset empties c for the next request.
func (c *Context) reset() {
	*c = Context{x: c.x, response: Response{x: c.x}, attributes: new(attributes)}
}

package middleware

import (
	"net/http"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// KeepAlive ends HTTP/1.x connections behind the request that is their requests-th,
// or that comes when they are older than age; that response says Connection: close
// (RFC 9112, section 9.6). Zero or less means no bound. The count and the age begin
// when the connection is taken over, for which KeepAlive sees at the first request
// that passes through it; requests to other parts of the tree count from then on.
// Where a connection cannot be taken over, over HTTP/2 for one, it does nothing.
// KeepAlive belongs outermost: the request with which a connection is taken over goes
// past the writers of middleware further out, such as a logger's.
func KeepAlive(requests int, age time.Duration) func(http.Handler) http.Handler {
	bound := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		x := c.Exchange()
		_ = x.TakeOver() // where it is impossible there is nothing to bound
		conn := x.Conn()
		if conn == nil {
			return hooks.Continue
		}
		if requests > 0 && conn.Served() >= int64(requests) || age > 0 && conn.Age() >= age {
			conn.CloseAfter()
		}
		return hooks.Continue
	})
	return layer("KeepAlive", adapter.Layer{Request: hooks.Chain{bound}})
}

package stream

import (
	"net/http"
	"net/url"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A succession is an exchange that follows another one with what it is made of. There are
// many, for long, and most of them idle: one object costs less memory than five, and lies
// apart from those that the exchange before has left to the garbage collector.
type succession struct {
	Exchange
	ctx       requestContext
	request   http.Request
	url       url.URL
	following http1.Follower
	rest      aftermath
	kept      [1]attribute // of rest, which is what most have
}

// successor returns an exchange of x's connection that keeps as little memory as it can.
// mu is held.
func (x *Exchange) successor() *Exchange {
	c, a := x.conn, x.after
	n := new(succession)
	next := &n.Exchange
	next.first, n.ctx.base, n.ctx.x = &n.ctx, c.base, next
	n.ctx.exchange()
	next.owner, next.base, next.conn, next.looped, next.seen = x.owner, x.base, c, true, x.seen
	next.rw, next.w = &surrendered, surrenderedWriter{}
	next.out, next.raw, next.upgraded = c.wire.Out, true, x.upgraded
	next.after = &n.rest
	n.rest.run = a.run
	if before := x.Context(); before.attributes == &before.own {
		n.rest.kept = before.attributes.appendTo(n.kept[:0])
	} else {
		n.rest.shared = before.attributes
	}
	n.request = *a.r.WithContext(next.first)
	r := &n.request
	n.url = *r.URL
	r.URL = &n.url
	repack(r)
	r.Body, r.Form, r.PostForm, r.MultipartForm = http.NoBody, nil, nil, nil
	next.r, next.received = r, r
	next.follower = &n.following
	next.follower.Follow101()
	return next
}

// surrendered stands for the ResponseWriter of an exchange that has none any more. Nobody
// writes to it, because the response has begun.
var surrendered http1.ResponseWriter

// surrenderedWriter is the http.ResponseWriter of such an exchange.
type surrenderedWriter struct{}

func (surrenderedWriter) Header() http.Header       { return make(http.Header) }
func (surrenderedWriter) WriteHeader(int)           {}
func (surrenderedWriter) Write([]byte) (int, error) { return 0, http.ErrHijacked }

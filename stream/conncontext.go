package stream

import (
	"context"
	"net"
	"net/http"
)

// A connContext is what the contexts of a connection's requests derive from: a base,
// with what net/http itself puts there at hand, because somebody asks for it in every
// request.
type connContext struct {
	context.Context
	server *http.Server
	local  net.Addr
}

func newConnContext(base context.Context) *connContext {
	c := &connContext{Context: base}
	c.server, _ = base.Value(http.ServerContextKey).(*http.Server)
	c.local, _ = base.Value(http.LocalAddrContextKey).(net.Addr)
	return c
}

func (c *connContext) Value(key any) any {
	switch {
	case key == http.ServerContextKey && c.server != nil:
		return c.server
	case key == http.LocalAddrContextKey && c.local != nil:
		return c.local
	}
	return c.Context.Value(key)
}

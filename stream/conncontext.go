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

// init makes c what net/http makes of base for a connection of server with the address
// local: base may have another server in it.
func (c *connContext) init(base context.Context, server *http.Server, local net.Addr) {
	c.Context, c.server, c.local = base, server, local
	if own := base.Value(http.ServerContextKey); own != nil {
		c.server, _ = own.(*http.Server)
	}
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

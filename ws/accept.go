package ws

import (
	"errors"
	"net/http"

	"github.com/onramp-go/onramp/stream"
)

// Accept makes the exchange's connection a WebSocket. The 101 carries the fields that
// are staged. Frames that the client has sent right behind its request are the first
// that are read. The Conn ends with the exchange: a hook that returns closes it.
//
// Where the error is a [*HandshakeError] a refusal is staged, and the hook is to return
// without sending; any other error says that the connection is gone. Refused are, with
// the status text as body:
//
//   - 400 what is no handshake, 405 another method than GET, 426 another version than 13,
//     and HTTP/1.0
//   - 403 an origin that is not allowed
//   - 505 HTTP/2 and later, which have no Upgrade, and 501 their extended CONNECT
//   - 501 a good handshake where there is no raw connection: the error matches
//     [stream.ErrNotRaw] and names what hides it; 503 while the server shuts down, with
//     [stream.ErrShutdown], and where the system has no descriptor left that the connection
//     needs
//
// opts is copied; nil selects every default. Accept panics if opts make no sense.
func Accept(s *stream.Stream, c *stream.Context, opts *Options) (*Conn, error) {
	return accept(s, c, opts.resolve("ws.Accept"))
}

func accept(s *stream.Stream, c *stream.Context, opts *settings) (*Conn, error) {
	conn := &Conn{opts: opts}
	conn.x.Store(c.Exchange())
	conn.limit.Store(opts.ReadLimit)
	fields, refusal := conn.shake(c.Request())
	if refusal != nil {
		return nil, refuse(c, refusal)
	}
	if err := c.Exchange().PrepareUpgrade(); err != nil {
		return nil, refuse(c, &HandshakeError{lacking(err), err})
	}
	if err := s.Send(switching(c.Response().Header, fields)); err != nil {
		return nil, err
	}
	raw, err := c.Exchange().Upgrade(conn.end)
	if err != nil {
		return nil, err
	}
	conn.open(raw)
	conn.over.done = c.Exchange().Lasts(conn.lasting())
	return conn, nil
}

// lacking returns the status for a good handshake for which the connection cannot be had.
func lacking(err error) int {
	switch {
	case errors.Is(err, stream.ErrShutdown):
		return http.StatusServiceUnavailable
	case errors.Is(err, stream.ErrNotRaw), errors.Is(err, stream.ErrClosed):
		return http.StatusNotImplemented
	}
	return http.StatusServiceUnavailable
}

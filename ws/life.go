package ws

import (
	"errors"
	"fmt"

	"github.com/onramp-go/onramp/stream"
)

// lasting returns what the owner has to know of the WebSocket.
func (c *Conn) lasting() stream.Lasting {
	o := c.opts
	l := stream.Lasting{Kind: stream.KindWebSocket, End: c.depart, Lifetime: o.Lifetime}
	if o.Revalidate != nil {
		l.Revalidate = func() error { return o.Revalidate(c) }
		if l.Interval = o.PingInterval; l.Interval <= 0 {
			l.Interval = DefaultPingInterval
		}
	}
	return l
}

// depart closes the WebSocket for reason, nil: because the server shuts down.
func (c *Conn) depart(reason error) {
	code, text := CloseGoingAway, "going away"
	var closed *CloseError
	switch {
	case reason == nil:
	case errors.Is(reason, stream.ErrExpired):
		text = "expired"
	case errors.As(reason, &closed) && onWire(closed.Code):
		code, text = closed.Code, closed.Text
	default:
		code, text = ClosePolicyViolation, "not allowed any more"
	}
	c.over.excuse(reason)
	_ = c.bye(code, text) // it may be closed already
}

// excuse keeps the first reason for which this side closes.
func (x *closing) excuse(reason error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.reason == nil {
		x.reason = reason
	}
}

// because returns err with the reason for which this side has closed, if there is one.
func (x *closing) because(err error) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.reason == nil {
		return err
	}
	return fmt.Errorf("%w: %w", x.reason, err)
}

package stream

import (
	"bufio"
	"errors"
	"net"
	"net/http"
)

// connHost is the Exchange as the wire's ResponseWriter sees it.
type connHost Exchange

func (h *connHost) KeepAlives() bool {
	x := (*Exchange)(h)
	return x.conn.KeepAlives() && !x.breach
}

func (h *connHost) Logf(format string, args ...any) { h.conn.Logf(format, args...) }

func (h *connHost) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	x := (*Exchange)(h)
	c := x.conn
	if x.taking {
		if x.rw.Begun() {
			return nil, nil, http.ErrHijacked
		}
		conn := c.wire.Show()
		if foreign(x.w, nil) { // and may keep it
			if err := c.wire.Outgrow(); err != nil {
				return nil, nil, err
			}
			conn = c.wire.Net()
		}
		return conn, bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn)), nil
	}
	x.rw.ForgoContinue()
	c.mu.Lock()
	reading := c.reading
	c.leaves = !reading
	c.mu.Unlock()
	c.stopWatch()
	if reading {
		return nil, nil, errors.New("stream: hijack while the request body is being read")
	}
	x.closeBody() // what is left of it is in the handler's hands, with all that follows
	rwc, rw, err := c.wire.Detach()
	if err != nil {
		return nil, nil, err
	}
	x.mu.Lock()
	x.answered = true
	x.mu.Unlock()
	c.last.Store(true)
	c.away.Store(true)
	c.because(ClosedHijacked, nil)
	c.gave()
	return rwc, rw, nil
}

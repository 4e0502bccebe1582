package stream

import (
	"context"
	"errors"
	"net"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A Stream is a client's connection for the length of one exchange. It is made by
// the adapter; the zero Stream is not usable. Once the exchange is over it is closed
// for good: a goroutine that keeps it gets [ErrClosed] and cannot write into another
// response.
//
// All methods but NextRequest may be called from any goroutine. What one call sends
// is never interleaved with another's. After a write that failed halfway the Stream
// is dead: not one more byte goes out.
type Stream struct{ x *Exchange }

// TrySend sends p without waiting for the client: it hands over at once what the
// socket takes and leaves the rest to the outbound queue, which is bounded in bytes.
// If the queue could not take all of p, nothing of p is sent and the error is
// [ErrBufferFull]; that holds for any p larger than the bound. p may be reused when
// TrySend returns.
//
// Other errors: [ErrClosed], [ErrComplete], [ErrBegun], http.ErrContentLength for
// bytes beyond the announced length, http.ErrBodyNotAllowed.
func (s *Stream) TrySend(p []byte) error { return s.TrySendList([][]byte{p}) }

// Send sends p and returns when the kernel has all of it and of everything before
// it. It fails like TrySend, but instead of ErrBufferFull with
// os.ErrDeadlineExceeded, when the client has taken nothing for as long as the write
// time-out; if that happened in the middle of p the error matches ErrClosed too.
func (s *Stream) Send(p []byte) error { return s.x.send(true, p) }

// TrySendList is TrySend for several frames, all or none of them, in one write.
func (s *Stream) TrySendList(frames [][]byte) error {
	err := s.x.send(false, frames...)
	if errors.Is(err, ErrBufferFull) {
		s.x.Drops(1, true)
	}
	return err
}

// SendList is Send for several frames, in one vectored write.
func (s *Stream) SendList(frames [][]byte) error { return s.x.send(true, frames...) }

// TryFlush hands over what the socket takes now. It returns nil also if something is
// left, which keeps going out by itself, and [ErrClosed] on a dead stream.
func (s *Stream) TryFlush() error {
	out, err := s.x.outbound()
	if out == nil {
		return err
	}
	return out.TryPush()
}

// Flush returns when the kernel has everything that was accepted. It fails with
// os.ErrDeadlineExceeded at the write time-out, and with [ErrClosed] on a dead
// stream.
func (s *Stream) Flush() error {
	out, err := s.x.outbound()
	if out == nil {
		return err
	}
	return out.Flush()
}

// SetClosed(true) says that nothing more will be sent, and that the connection is
// to be closed once what was accepted has been delivered. SetClosed(false) takes
// that back while the exchange runs.
func (s *Stream) SetClosed(closed bool) { s.x.setClosed(closed) }

// Closed reports whether the stream takes no further sends: SetClosed(true), the end
// of the exchange, or a connection that died.
func (s *Stream) Closed() bool {
	x := s.x
	x.mu.Lock()
	out, closed := x.out, x.closed || x.over
	x.mu.Unlock()
	return closed || out != nil && out.Err() != nil
}

// KeepAlive reports whether the connection will be kept alive after this exchange as
// far as it is known now: the stream is not closed, requested is true (see
// [Context.KeepAlive]) and the server keeps connections alive.
func (s *Stream) KeepAlive(requested bool) bool {
	return requested && !s.Closed() && s.x.keepAlives()
}

// Context returns a context that ends when the client is gone or the exchange is
// over. Waiting for it starts the watch for the client; not doing so costs nothing.
func (s *Stream) Context() context.Context { return &s.x.forHooks().ctx }

// ID names the connection, unique in the process. It is 0 on a carrier that is no
// raw connection, and before the connection was taken over.
func (s *Stream) ID() uint64 {
	if c := s.x.carrier(); c != nil {
		return c.id
	}
	return 0
}

// Served returns how many requests the connection has brought since it was taken
// over, this one and the one it was taken over with included; 1 elsewhere.
func (s *Stream) Served() int64 {
	if c := s.x.carrier(); c != nil {
		return c.Served()
	}
	return 1
}

// RemoteAddr returns the client's address as in http.Request.
func (s *Stream) RemoteAddr() string { return s.x.req().RemoteAddr }

// NetConn returns the raw connection, to read its addresses or set its options,
// taking it over if need be. Bytes read from it or written to it directly are lost
// to the stream. Deadlines set on it do not last: the stream sets its own, for reads
// and for each send that has to wait. The error is [ErrNotRaw] or ErrClosed.
func (s *Stream) NetConn() (net.Conn, error) {
	c, err := s.x.insist()
	if err != nil {
		return nil, err
	}
	if err := c.wire.Outgrow(); err != nil {
		return nil, err
	}
	return c.wire.Net(), nil
}

// Queued returns how many accepted bytes the kernel does not have yet.
func (s *Stream) Queued() int {
	if out, _ := s.x.outbound(); out != nil {
		return out.Pending()
	}
	return 0
}

func (x *Exchange) send(wait bool, frames ...[]byte) error {
	out, follower, err := x.open()
	if err != nil {
		return err
	}
	frames = x.begin(frames)
	x.forgoContinue()
	if wait {
		err = out.Send(follower, frames...)
	} else {
		err = out.TrySend(follower, frames...)
	}
	if x.seen != nil {
		x.hasSent(frames, err)
	}
	return err
}

// forgoContinue keeps a later read of the body from sending a 100 Continue into the
// middle of the response.
func (x *Exchange) forgoContinue() {
	x.mu.Lock()
	rw := x.rw
	waits := x.raw && x.wire != nil
	x.mu.Unlock()
	if waits {
		rw.ForgoContinue()
	}
}

// outbound returns the open Outbound. Without one the error says why, nil: nothing
// was sent yet.
func (x *Exchange) outbound() (*http1.Outbound, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.over {
		return nil, ErrClosed
	}
	return x.out, nil
}

func (x *Exchange) setClosed(closed bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.over {
		return
	}
	x.closed = closed
	if x.out == nil {
		return // open looks
	}
	x.out.Locked(func() {
		if x.upgraded != nil {
			var reason error
			if closed {
				reason = ErrClosed
			}
			x.out.Shut(reason)
		}
		switch {
		case closed:
			x.follower.Closed = ErrClosed
		case x.answered:
			x.follower.Closed = ErrBegun
		default:
			x.follower.Closed = nil
		}
	})
}

func (x *Exchange) keepAlives() bool {
	if c := x.carrier(); c != nil {
		return c.KeepAlives()
	}
	return x.owner.KeepAlives()
}

func (x *Exchange) connection() *Conn {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.conn
}

// carrier returns the connection below, if it was taken over, even where it is
// hidden from this exchange.
func (x *Exchange) carrier() *Conn {
	for ; x != nil; x = x.outer {
		if c := x.connection(); c != nil {
			return c
		}
	}
	return nil
}

// insist returns the raw connection, or says who hides it.
func (x *Exchange) insist() (*Conn, error) {
	if _, _, err := x.open(); err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.raw {
		return nil, x.hidden
	}
	return x.conn, nil
}

package ws

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/stream"
)

// maxReason is the longest reason that fits into a close frame behind its code, in bytes.
const maxReason = maxControl - 2

// A closing is what a Conn has for its end.
type closing struct {
	done func() // tells the adapter
	told sync.Once

	mu       sync.Mutex // guards what follows
	handlers handlers
	reason   error // for which this side has closed, where no hook did
}

func (x *closing) set(change func(*handlers)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	change(&x.handlers)
}

func (x *closing) get() handlers {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.handlers
}

// Close closes the WebSocket with 1000. It is no error if it is closing already.
func (c *Conn) Close() error {
	if err := c.CloseWith(CloseNormalClosure, ""); !errors.Is(err, ErrCloseSent) {
		return err
	}
	return nil
}

// CloseWith sends a close frame with code and reason, of which it keeps the 123 bytes
// that fit, and does not wait: a read that is under way, or the end of the hook, waits
// for the client's close frame and closes the connection then, or when
// [Options.CloseTimeout] has passed. Nothing can be sent any more. The error is
// [ErrCloseSent] if a close frame was sent before. Of the codes that are never on the
// wire only [CloseNoStatusReceived] is taken: it sends none.
func (c *Conn) CloseWith(code int, reason string) error {
	if code != CloseNoStatusReceived && !onWire(code) {
		return fmt.Errorf("ws: %d is no code of a close frame", code)
	}
	return c.bye(code, reason)
}

// bye sends a close frame.
func (c *Conn) bye(code int, reason string) error {
	if len(reason) > maxReason {
		reason = reason[:maxReason]
		for r, n := utf8.DecodeLastRuneInString(reason); r == utf8.RuneError && n == 1; r, n = utf8.DecodeLastRuneInString(reason) {
			reason = reason[:len(reason)-1]
		}
	}
	f := frame(CloseMessage, websocket.FormatCloseMessage(code, reason))
	defer f.free()
	return c.last(f.frames()...)
}

// last sends frames that end with a close frame.
func (c *Conn) last(frames ...[]byte) error {
	err := c.raw.TryLast(ErrCloseSent, frames...)
	if !errors.Is(err, ErrCloseSent) {
		c.alive.part(c) // also where nothing can be sent any more
	}
	return err
}

// end brings the WebSocket to its end when the exchange is: cut says that a hook has
// panicked. It reports whether the client may still be sending.
func (c *Conn) end(cut bool) (linger bool) {
	code := CloseNormalClosure
	if cut {
		code = CloseInternalServerErr
		_ = c.raw.SetReadDeadline(time.Unix(1, 0)) // for a read in another goroutine
	}
	_ = c.bye(code, "") // unless one was sent
	c.reading.Lock()
	for !cut && c.failed == nil {
		_, _ = c.next(waits) // until the client's close frame, or the time-out
	}
	if c.failed == nil {
		c.failed = stream.ErrClosed
	}
	c.turn++
	var breach *failure
	_, answered := c.failed.(*CloseError)
	linger = answered && c.lost != io.EOF || errors.As(c.failed, &breach)
	err := c.failed
	c.reading.Unlock()
	if cut {
		err = errPanic
	}
	c.alive.stop()
	defer c.over.done()
	returned := false
	defer c.x.Load().Contain(&returned, nil) // whoever ends a connection does not expect a panic
	c.tell(err)
	returned = true
	return linger
}

// tell calls Options.Closed, once. The observer learns the same.
func (c *Conn) tell(err error) {
	c.over.told.Do(func() {
		err = c.over.because(err)
		c.x.Load().Ending(err)
		if c.opts.Closed != nil {
			c.opts.Closed(c, err)
		}
	})
}

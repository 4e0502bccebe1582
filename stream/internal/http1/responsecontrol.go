package http1

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"time"
)

// SetReadDeadline bounds reads of this request's body.
func (w *ResponseWriter) SetReadDeadline(t time.Time) error {
	if w.done.Load() {
		return ErrClosed
	}
	w.ownTime.Store(true)
	return w.conn.SetReadDeadline(t, true)
}

// Unhurried reports whether the handler itself says how long reading the body may take:
// by a deadline, or because body and response are a conversation.
func (w *ResponseWriter) Unhurried() bool { return w.ownTime.Load() || w.fullDuplex.Load() }

// SetWriteDeadline bounds the writes of this response, those included that wait already.
// Any goroutine may call it while the handler runs.
func (w *ResponseWriter) SetWriteDeadline(t time.Time) error {
	err := ErrClosed
	w.conn.Out.Locked(func() { // the next response cannot begin meanwhile
		if !w.done.Load() {
			w.conn.Out.bound(t)
			err = nil
		}
	})
	return err
}

// CloseNotify implements http.CloseNotifier, which is deprecated but asked for by
// older handlers. As in net/http any goroutine may call it.
func (w *ResponseWriter) CloseNotify() <-chan bool {
	odd := w.odds()
	odd.notify.Do(func() {
		gone := make(chan bool, 1)
		odd.gone = gone
		context.AfterFunc(w.req.Context(), func() {
			if !w.done.Load() {
				gone <- true
			}
		})
	})
	return odd.gone
}

// EnableFullDuplex lets the handler read the body after it began to answer.
func (w *ResponseWriter) EnableFullDuplex() error {
	w.fullDuplex.Store(true)
	return nil
}

// Hijack implements http.Hijacker.
func (w *ResponseWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.hijacked {
		return nil, nil, http.ErrHijacked
	}
	if w.done.Load() {
		return nil, nil, ErrClosed
	}
	if w.status != 0 {
		if err := w.sendBuffered(); err != nil {
			return nil, nil, err
		}
		w.sendHead()
		w.clear()
	}
	conn, rw, err := w.host.Hijack()
	if err == nil {
		w.hijacked = true
	}
	return conn, rw, err
}

package http1

import "sync"

// An expectation is a client's that waits for a 100 Continue before it sends the body
// (RFC 9110, section 10.1.1). A nil one is that of any other client.
type expectation struct {
	mu      sync.Mutex
	open    bool // 100 Continue may still be sent
	granted bool // it was
}

// ExpectContinue says that the client waits for a 100 Continue before it sends the
// body: [ResponseWriter.Continue] will send it.
func (w *ResponseWriter) ExpectContinue() { w.expects = &expectation{open: true} }

// Continue sends the 100 Continue that the client waits for, unless the response
// has begun or it was sent before. The body's reader calls it.
func (w *ResponseWriter) Continue() error {
	e := w.expects
	if e == nil {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.open {
		return nil
	}
	e.open, e.granted = false, true
	if err := w.conn.Out.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n")); err != nil {
		return err
	}
	return w.conn.Out.Flush()
}

// ForgoContinue says that no 100 Continue will be sent any more.
func (w *ResponseWriter) ForgoContinue() {
	if w.expects != nil {
		w.expects.forgo()
	}
}

func (e *expectation) forgo() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.open = false
}

// Waits reports whether the client asked for a 100 Continue and got none, so that it
// may or may not send the body.
func (w *ResponseWriter) Waits() bool {
	e := w.expects
	if e == nil {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.granted
}

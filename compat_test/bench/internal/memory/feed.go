package memory

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// A Feed is a connection whose client sends the same request again and again. It is
// a plain net.Conn, without a descriptor: only deadlines in the past have an effect,
// which is what aborts a Read that waits.
type Feed struct {
	request []byte
	body    []byte // that a reply ends with

	mu       sync.Mutex // guards what follows
	readable sync.Cond  // a Read may go on
	finished sync.Cond  // a Run may return
	out      int        // how much of the request was read
	left     int        // requests to be sent after it
	reply    int        // its length on the wire; 0 until the first was seen
	got      int        // of the reply under way
	head     []byte     // the first reply, while its length is not known
	waiting  bool       // for a reply
	reads    bool       // a Read waits
	past     bool       // the read deadline has passed
	closed   bool
	fault    error
}

// NewFeed returns a connection that sends request and expects replies that end with
// body.
func NewFeed(request, body []byte) *Feed {
	f := &Feed{request: request, body: body, out: len(request)}
	f.readable.L, f.finished.L = &f.mu, &f.mu
	return f
}

// Run sends n requests, one after the other, and returns when all are answered.
func (f *Feed) Run(n int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left = n
	f.readable.Broadcast()
	for (f.left > 0 || f.waiting) && f.fault == nil && !f.closed {
		f.finished.Wait()
	}
	if f.fault == nil && f.closed {
		return fmt.Errorf("memory: closed with %d requests left", f.left)
	}
	return f.fault
}

// Read hands out what is left of a request. It waits for the reply before it begins
// the next.
func (f *Feed) Read(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.closed || f.past || f.fault != nil || f.out == len(f.request) {
		if err := f.refusal(); err != nil {
			return 0, err
		}
		if f.left > 0 && !f.waiting {
			f.left--
			f.out, f.waiting = 0, true
			break
		}
		f.reads = true
		f.readable.Wait()
		f.reads = false
	}
	n := copy(p, f.request[f.out:])
	f.out += n
	return n, nil
}

// refusal returns why nothing can be read. mu is held.
func (f *Feed) refusal() error {
	switch {
	case f.closed:
		return net.ErrClosed
	case f.fault != nil:
		return io.EOF
	case f.past:
		return os.ErrDeadlineExceeded
	}
	return nil
}

// Write takes a piece of a reply.
func (f *Feed) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return 0, net.ErrClosed
	}
	if f.fault != nil {
		return len(p), nil
	}
	if f.fault = f.take(p); f.fault != nil {
		f.wake()
	}
	return len(p), nil
}

// take counts p. mu is held.
func (f *Feed) take(p []byte) error {
	f.got += len(p)
	if f.reply == 0 {
		// The first: it is over when the body has come.
		f.head = append(f.head, p...)
		if bytes.HasSuffix(f.head, f.body) {
			f.reply = f.got
		}
	}
	if f.got != f.reply {
		if f.reply > 0 && f.got > f.reply {
			return fmt.Errorf("memory: unexpected bytes %q", p)
		}
		return nil
	}
	if !bytes.HasSuffix(p, f.body[max(0, len(f.body)-len(p)):]) {
		return fmt.Errorf("memory: a reply ends %q", p)
	}
	f.got, f.waiting = 0, false
	if f.left == 0 {
		f.finished.Broadcast()
	} else if f.reads {
		f.readable.Broadcast()
	}
	return nil
}

// wake tells everybody to look again. mu is held.
func (f *Feed) wake() {
	f.readable.Broadcast()
	f.finished.Broadcast()
}

// First returns the bytes of the first reply.
func (f *Feed) First() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.head
}

// Close implements net.Conn.
func (f *Feed) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.wake()
	return nil
}

// SetReadDeadline implements net.Conn.
func (f *Feed) SetReadDeadline(t time.Time) error {
	past := !t.IsZero() && !t.After(time.Now())
	f.mu.Lock()
	defer f.mu.Unlock()
	f.past = past
	if past {
		f.readable.Broadcast()
	}
	return nil
}

// SetDeadline implements net.Conn.
func (f *Feed) SetDeadline(t time.Time) error { return f.SetReadDeadline(t) }

// SetWriteDeadline implements net.Conn; a Write never waits.
func (f *Feed) SetWriteDeadline(time.Time) error { return nil }

// LocalAddr implements net.Conn.
func (f *Feed) LocalAddr() net.Addr { return here }

// RemoteAddr implements net.Conn.
func (f *Feed) RemoteAddr() net.Addr { return here }

var here = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}

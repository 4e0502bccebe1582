package compat_test

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A lane is one direction of a connection in memory: bytes of any number that
// wait for their reader. It blocks on nothing but a condition and the clock, so
// that synctest sees who waits.
type lane struct {
	mu       sync.Mutex // guards what follows
	wake     *sync.Cond
	bytes    []byte
	ended    bool // no more bytes will come
	gone     bool // nobody reads any more
	deadline time.Time
	alarm    *time.Timer
}

func newLane() *lane {
	l := new(lane)
	l.wake = sync.NewCond(&l.mu)
	return l
}

func (l *lane) read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		switch {
		case l.gone:
			return 0, net.ErrClosed
		case !l.deadline.IsZero() && !time.Now().Before(l.deadline):
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			return 0, nil
		case len(l.bytes) > 0:
			n := copy(p, l.bytes)
			l.bytes = l.bytes[n:]
			return n, nil
		case l.ended:
			return 0, io.EOF
		}
		l.wake.Wait()
	}
}

func (l *lane) write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone || l.ended {
		return 0, syscall.EPIPE
	}
	l.bytes = append(l.bytes, p...)
	l.wake.Broadcast()
	return len(p), nil
}

// end says that the writer writes no more.
func (l *lane) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.wake.Broadcast()
}

// leave says that the reader reads no more. It returns how many bytes it left.
func (l *lane) leave() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gone = true
	if l.alarm != nil {
		l.alarm.Stop()
	}
	l.wake.Broadcast()
	return len(l.bytes)
}

func (l *lane) bound(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone {
		return
	}
	if l.alarm != nil {
		l.alarm.Stop()
	}
	if l.deadline = t; !t.IsZero() {
		l.alarm = time.AfterFunc(time.Until(t), l.wake.Broadcast)
	}
	l.wake.Broadcast()
}

// A wire is the server's end of a connection in memory. Writes never wait: its
// client is always ready to read.
type wire struct {
	in, out *lane

	mu     sync.Mutex // guards what follows
	shut   bool       // the server has ended its side
	at     time.Time  // when it did
	closed bool
	reset  bool // it was closed over unread bytes, which on a network takes the answer away from the client
}

func newWire() *wire { return &wire{in: newLane(), out: newLane()} }

func (w *wire) Read(p []byte) (int, error)  { return w.in.read(p) }
func (w *wire) Write(p []byte) (int, error) { return w.out.write(p) }

// CloseWrite ends the server's side.
func (w *wire) CloseWrite() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.endedNow()
	w.shut = true
	w.out.end()
	return nil
}

// Close closes both directions.
func (w *wire) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return net.ErrClosed
	}
	w.endedNow()
	w.closed = true
	w.reset = w.in.leave() > 0 && !w.shut
	w.out.end()
	return nil
}

// endedNow notes the time of the first end. mu is held.
func (w *wire) endedNow() {
	if w.at.IsZero() {
		w.at = time.Now()
	}
}

// lasted returns how long after t the server ended the connection, zero if it has
// not.
func (w *wire) lasted(t time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.at.IsZero() {
		return 0
	}
	return w.at.Sub(t)
}

// state says what became of the connection, in the words of its client.
func (w *wire) state() (state string, reset bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.shut {
		return "closed", w.reset
	}
	return "open", false
}

// sent returns what the server has sent.
func (w *wire) sent() []byte {
	w.out.mu.Lock()
	defer w.out.mu.Unlock()
	return append([]byte(nil), w.out.bytes...)
}

func (w *wire) LocalAddr() net.Addr               { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }
func (w *wire) RemoteAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2), Port: 2} }
func (w *wire) SetReadDeadline(t time.Time) error { w.in.bound(t); return nil }
func (w *wire) SetWriteDeadline(time.Time) error  { return nil }
func (w *wire) SetDeadline(t time.Time) error     { w.in.bound(t); return nil }

// A socket is a listener that accepts one wire.
type socket struct {
	wires chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newSocket(w *wire) *socket {
	s := &socket{wires: make(chan net.Conn, 1), done: make(chan struct{})}
	s.wires <- w
	return s
}

func (s *socket) Accept() (net.Conn, error) {
	select {
	case w := <-s.wires:
		return w, nil
	case <-s.done:
		return nil, net.ErrClosed
	}
}

func (s *socket) Close() error {
	s.once.Do(func() { close(s.done) })
	return nil
}

func (s *socket) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }

package http1_test

import (
	"net"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// bubble runs f in a bubble of its own, in parallel. The bubble does not end while a
// goroutine that f started, or an Outbound did, is left.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, f)
}

// all is what TryWrite of a tap takes when it takes everything.
const all = 1 << 30

// A handing is one call of a Sink.
type handing struct {
	try    bool
	frames int // buffers in the call
	bytes  int // taken
}

// A tap is a Sink that a test opens and shuts.
type tap struct {
	takes int           // bytes that each TryWrite takes
	gate  chan struct{} // if not nil, each Write waits for a token, its deadline or an Abort
	onTry func()        // if not nil, called by TryWrite
	onPut func()        // if not nil, called by Write once it has its token

	mu        sync.Mutex
	wire      []byte
	calls     []handing
	deadlines []time.Time // of the Writes
	deadline  time.Time   // of the next
	late      *time.Timer // fires when it is over; made by Arm
	fails     error       // what the next call returns
	part      int         // after it took so many bytes
	aborted   int
	abort     chan struct{}
}

func newTap(takes int) *tap { return &tap{takes: takes, abort: make(chan struct{})} }

// shut returns a tap that takes nothing until its gate gives.
func shut() *tap {
	s := newTap(0)
	s.gate = make(chan struct{})
	return s
}

func (s *tap) TryWrite(p []byte) (int, error) {
	if s.onTry != nil {
		s.onTry()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(p), s.takes)
	err := s.fails
	if err != nil {
		n = min(n, s.part)
	}
	s.wire = append(s.wire, p[:n]...)
	s.calls = append(s.calls, handing{true, 1, n})
	return n, err
}

func (s *tap) Arm(deadline time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.late == nil {
		s.late = time.NewTimer(time.Hour)
	}
	s.late.Stop()
	if s.deadline = deadline; !deadline.IsZero() {
		s.late.Reset(time.Until(deadline))
	}
	return nil
}

// bound returns the deadline of the moment.
func (s *tap) bound() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deadline
}

func (s *tap) Write(bufs net.Buffers) error {
	s.mu.Lock()
	s.deadlines = append(s.deadlines, s.deadline)
	late := s.late.C
	s.mu.Unlock()
	if s.gate != nil {
		select {
		case <-s.gate:
		case <-late:
			return os.ErrDeadlineExceeded
		case <-s.abort:
			return net.ErrClosed
		}
	}
	if s.onPut != nil {
		s.onPut()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var p []byte
	for _, b := range bufs {
		p = append(p, b...)
	}
	if s.fails != nil {
		p = p[:min(len(p), s.part)]
	}
	s.wire = append(s.wire, p...)
	s.calls = append(s.calls, handing{false, len(bufs), len(p)})
	return s.fails
}

func (s *tap) Abort() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.aborted++; s.aborted == 1 {
		close(s.abort)
	}
}

func (s *tap) fail(part int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.part, s.fails = part, err
}

func (s *tap) got() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.wire)
}

// took returns the calls that took something.
func (s *tap) took() (calls []handing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if c.bytes > 0 {
			calls = append(calls, c)
		}
	}
	return calls
}

// under returns an Outbound over s.
func under(s http1.Sink, limit int, timeout time.Duration) *http1.Outbound {
	return http1.NewOutbound(s, limit, timeout, nil)
}

// later runs f on a goroutine and returns where its error will be.
func later(f func() error) <-chan error {
	c := make(chan error, 1)
	go func() { c <- f() }()
	return c
}

// tcpPair returns both ends of a TCP connection over loopback.
func tcpPair(t testing.TB) (server, client *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		c, _ := l.Accept()
		accepted <- c
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s := <-accepted
	t.Cleanup(func() {
		s.Close()
		c.Close()
	})
	return s.(*net.TCPConn), c.(*net.TCPConn)
}

package http1

import (
	"bufio"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// defaultBuffer is the read buffer of a connection in bytes, as in net/http.
const defaultBuffer = 4 << 10

var errWouldBlock = errors.New("http1: would block")

// Config is what a [Conn] is made with.
type Config struct {
	Early      []byte        // bytes that were read from the connection before
	BufferSize int           // of the read buffer; 0: 4096
	QueueSize  int           // most bytes in the outbound queue
	Timeout    time.Duration // of each write that waits for the peer; 0: none
	Sweeps     int32         // calls of Sweep that the Timeout lasts where it need not be exact; 0: it must be
	Gone       func(error)   // called when the peer is found gone
	Shared     bool          // somebody else may close the connection, who must not have to wait
	Sole       bool          // nobody else has the connection, unless Net gives it to him
	Meter      *Meter        // nil: nobody wants to know
}

// A Conn is a network connection that speaks HTTP/1.x.
type Conn struct {
	out Outbound // which Out is
	Out *Outbound

	rwc    net.Conn
	raw    syscall.RawConn
	size   int
	br     *bufio.Reader        // nil while idle; owned by the goroutine that reads
	desk   *desk                // likewise
	shelf  atomic.Pointer[desk] // what desk was before the wait of a blind carrier, until a sweep finds it
	fd     uintptr              // set while fill runs: Read is non-blocking then
	inCall bool
	short  bool // the last of these reads has left nothing behind
	dozing bool
	peeked [1]byte

	attends bool
	served  bool                  // serve has been called
	lent    bool                  // somebody may go on using the buffer
	call    func(fd uintptr) bool // called
	waited  error

	known    atomic.Bool // Net was called: whoever closes rwc must not have to wait
	inside   atomic.Bool // Await runs, on rwc
	quiet    atomic.Bool // the last read of Await has found nothing
	outgrown net.Conn    // Await runs on this one, which rwc has replaced; guarded by Out's lock
	serve    func() bool // Await's

	parked uint64 // guarded by the parking, as is ready
	ready  func()

	gone  func(error)
	meter *Meter

	watch watch
}

// NewConn takes over rwc. Deadlines left on it are cleared.
func NewConn(rwc net.Conn, cfg Config) *Conn {
	c := new(Conn)
	c.Init(rwc, cfg)
	return c
}

// Init makes the zero c what [NewConn] returns.
func (c *Conn) Init(rwc net.Conn, cfg Config) {
	c.rwc, c.raw, c.size, c.gone, c.meter = rwc, rawConn(rwc), cfg.BufferSize, cfg.Gone, cfg.Meter
	if c.size <= 0 {
		c.size = defaultBuffer
	}
	c.call = c.called
	if _, tcp := rwc.(*net.TCPConn); tcp && canAttend && !cfg.Shared {
		c.attends = true
	}
	_ = rwc.SetDeadline(time.Time{})
	c.out.own.conn, c.out.own.raw = rwc, c.raw
	if cfg.Sole && !cfg.Shared {
		c.out.own.holds = bySole
	}
	c.Out = &c.out
	c.out.sink, c.out.limit, c.out.timeout, c.out.onDeath = &c.out.own, cfg.QueueSize, cfg.Timeout, c.lost
	c.out.sweeps = cfg.Sweeps
	c.out.quick, c.out.blind = true, c.raw == nil
	if len(cfg.Early) > 0 {
		c.count(len(cfg.Early))
		c.br = c.newReader(max(c.size, len(cfg.Early)))
		c.unread(cfg.Early)
	}
}

// unread puts p in front of what Read will return, through the empty buffer br,
// which is large enough.
func (c *Conn) unread(p []byte) {
	c.br.Reset(&preface{p, c})
	_, _ = c.br.Peek(len(p))
}

// A preface reads from p until it is used up, then from the connection.
type preface struct {
	p []byte
	c *Conn
}

func (r *preface) Read(b []byte) (int, error) {
	if len(r.p) > 0 {
		n := copy(b, r.p)
		r.p = r.p[n:]
		return n, nil
	}
	return r.c.Read(b)
}

var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, defaultBuffer) }}

func (c *Conn) newReader(size int) *bufio.Reader {
	if size != defaultBuffer {
		return bufio.NewReaderSize(c, size)
	}
	br := readers.Get().(*bufio.Reader)
	br.Reset(c)
	return br
}

func (c *Conn) dropReader() {
	c.dropDesk()
	br := c.br
	c.br = nil
	if br != nil && br.Size() == defaultBuffer && !c.lent {
		br.Reset(nil)
		readers.Put(br)
	}
}

// Spare gives the buffer back, if there is nothing in it, while a request without a body
// is served for a long time. Only the goroutine that reads may call it.
func (c *Conn) Spare() {
	c.watch.mu.Lock()
	defer c.watch.mu.Unlock()
	if !c.watch.reads && c.Buffered() == 0 {
		c.dropReader()
	}
}

// Reader returns the buffered reader of the connection.
func (c *Conn) Reader() *bufio.Reader {
	if c.br == nil {
		c.br = c.newReader(c.size)
	}
	return c.br
}

// Read reads from the network, past the buffer. It is the buffer's source.
func (c *Conn) Read(p []byte) (int, error) {
	if c.inCall {
		n, err := readNow(c.fd, p)
		c.short = n < len(p)
		c.count(n)
		return n, err
	}
	n, err := c.rwc.Read(p)
	c.count(n)
	return n, err
}

// count notes that n bytes were read.
func (c *Conn) count(n int) {
	if c.meter != nil {
		c.meter.In.Add(int64(n))
	}
}

// Buffered returns how many bytes were read and not used yet.
func (c *Conn) Buffered() int {
	if c.br == nil {
		return 0
	}
	return c.br.Buffered()
}

// HeadBuffered reports whether ReadRequest will not have to wait.
func (c *Conn) HeadBuffered() bool { return c.br != nil && HeadBuffered(c.br) }

// Bounded reports whether there is a read deadline for SetReadDeadline to take away.
func (c *Conn) Bounded() bool { return c.watch.bounds.Load() }

// SetReadDeadline bounds reads of the goroutine that reads. ends says that passing it
// counts as the client's leaving even if nobody reads, as in net/http.
func (c *Conn) SetReadDeadline(t time.Time, ends bool) error {
	w := &c.watch
	if t.IsZero() && !ends && !c.Bounded() {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	defer c.setAlarm()
	if w.running && w.reads && !ends {
		t, w.deadline = time.Time{}, t
	} else {
		w.deadline = t
	}
	w.ends = ends
	w.bounds.Store(ends || w.running || w.shared || !w.deadline.IsZero())
	return c.rwc.SetReadDeadline(t)
}

// Net returns the network connection, to somebody who may set its deadlines and close it:
// there is no [Conn.Await] any more.
func (c *Conn) Net() net.Conn {
	c.known.Store(true)
	c.share()
	return c.Show()
}

// share makes writes ask for the descriptor, because somebody else may close it.
func (c *Conn) share() { c.Out.Locked(func() { c.out.own.holds &^= bySole }) }

// Show is Net for somebody who does not keep it.
func (c *Conn) Show() net.Conn {
	c.watch.mu.Lock()
	defer c.watch.mu.Unlock()
	c.watch.shared = true
	c.watch.bounds.Store(true)
	return c.rwc
}

// Sweep is to be called at the interval that Config.Sweeps counts in. Any goroutine may
// call it.
func (c *Conn) Sweep() {
	if c.out.blind {
		c.clearShelf()
		c.out.sweep()
	}
}

// Raw reports whether sends can be tried without waiting.
func (c *Conn) Raw() bool { return c.raw != nil }

// lost makes it known that the peer is gone, or the connection dead.
func (c *Conn) lost(err error) {
	c.Unpark()
	if c.gone != nil {
		c.gone(err)
	}
}

// socket returns the network connection, to anybody.
func (c *Conn) socket() net.Conn {
	c.watch.mu.Lock()
	defer c.watch.mu.Unlock()
	return c.rwc
}

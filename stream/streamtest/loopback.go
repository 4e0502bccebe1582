package streamtest

import (
	"net"
	"net/netip"
)

// A network is where a server listens and clients come from.
type network interface {
	net.Listener
	given() net.Listener                       // what the server gets
	connect(from netip.Addr) (net.Conn, error) // an invalid from: any address
}

// listen opens the network that o asks for.
func (o *Options) listen() (network, error) {
	if !o.TCP {
		return Listen(o), nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &loopback{TCPListener: l.(*net.TCPListener), window: o.Window}, nil
}

func (l *Listener) connect(from netip.Addr) (net.Conn, error) {
	if !from.IsValid() {
		from = clientIP
	}
	return l.DialFrom(from)
}

func (l *Listener) given() net.Listener { return l }

// A loopback is the network of [Options].TCP.
type loopback struct {
	*net.TCPListener
	window int // size of the kernel's buffers; not positive: what the system gives
}

// Accept implements net.Listener. The connection is the listener's own and not wrapped,
// so that a server finds the descriptor.
func (l *loopback) Accept() (net.Conn, error) {
	conn, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	return conn, l.size(conn)
}

// given returns the plain listener where there is nothing to size, for a server that
// knows what to expect of one.
func (l *loopback) given() net.Listener {
	if l.window <= 0 {
		return l.TCPListener
	}
	return l
}

func (l *loopback) connect(from netip.Addr) (net.Conn, error) {
	var d net.Dialer
	if from.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	conn, err := d.Dial("tcp", l.Addr().String())
	if err != nil {
		return nil, err
	}
	return conn, l.size(conn.(*net.TCPConn))
}

// size sizes the buffers of one end.
func (l *loopback) size(conn *net.TCPConn) error {
	if l.window <= 0 {
		return nil
	}
	if err := conn.SetReadBuffer(l.window); err != nil {
		return err
	}
	return conn.SetWriteBuffer(l.window)
}

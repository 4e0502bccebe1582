package streamtest

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// Addresses of connections in memory are those reserved for documentation (RFC 5737).
var (
	serverAddr = &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80}
	clientIP   = netip.AddrFrom4([4]byte{192, 0, 2, 2})
)

// firstPort is the first of those that clients get.
const firstPort = 1024

// clientAddr returns an address of a client that is told apart by its port.
func clientAddr(port int) *net.TCPAddr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(clientIP, uint16(port)))
}

// A Listener is a net.Listener in memory, for http.Server.Serve and its like. Make it
// with [Listen].
type Listener struct {
	opts   Options
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu   sync.Mutex // guards port
	port uint16     // of the last client
}

// Listen returns a Listener whose connections are as opts says; nil selects every
// default. Options.TCP has no meaning here.
func Listen(opts *Options) *Listener {
	o := opts.resolved()
	return &Listener{opts: o, conns: make(chan net.Conn), closed: make(chan struct{}), port: firstPort - 1}
}

// Dial connects to l. It returns the client's end once the server's was accepted, and
// ECONNREFUSED if l is closed.
func (l *Listener) Dial() (*Conn, error) { return l.dial(context.Background(), clientIP) }

// DialFrom is Dial for a client with the given address.
func (l *Listener) DialFrom(ip netip.Addr) (*Conn, error) { return l.dial(context.Background(), ip) }

// DialContext is Dial with the shape of http.Transport's field, so that an http.Client
// can use l. Network and address are ignored.
func (l *Listener) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := l.dial(ctx, clientIP)
	if err != nil {
		return nil, err
	}
	return conn, nil
}

func (l *Listener) dial(ctx context.Context, ip netip.Addr) (*Conn, error) {
	client, server := pipe(&l.opts, net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, l.nextPort())), serverAddr)
	refused := &net.OpError{Op: "dial", Net: "tcp", Addr: serverAddr, Err: syscall.ECONNREFUSED}
	select {
	case <-l.closed:
		return nil, refused
	default:
	}
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, refused
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: serverAddr, Err: ctx.Err()}
	}
}

// nextPort returns a port that no recent client has.
func (l *Listener) nextPort() uint16 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.port = max(l.port+1, firstPort)
	return l.port
}

// Accept implements net.Listener.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: serverAddr, Err: net.ErrClosed}
	}
}

// Close implements net.Listener. Connections stay open.
func (l *Listener) Close() error {
	err := net.ErrClosed
	l.once.Do(func() {
		close(l.closed)
		err = nil
	})
	return err
}

// Addr implements net.Listener.
func (l *Listener) Addr() net.Addr { return serverAddr }

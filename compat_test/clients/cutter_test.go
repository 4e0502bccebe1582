package clients_test

import (
	"net"
	"sync"
)

// A cutter is a listener whose connections can be cut below the server that has them, as
// a network does it: without a word of HTTP, TLS or WebSocket.
type cutter struct {
	net.Listener

	mu    sync.Mutex
	conns []*net.TCPConn // guarded by mu: those accepted since the last cut
}

// Accept hands the connection on as it is, so that servers see a *net.TCPConn.
func (l *cutter) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.conns = append(l.conns, tcp)
	}
	return c, err
}

// cut ends all connections in both directions. It leaves closing them to the server,
// which may be serving a request within a read: a close would wait for that.
func (l *cutter) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		_ = c.CloseWrite() // fails where the server or the client was first
		_ = c.CloseRead()
	}
	l.conns = nil
}

package adapter

import (
	"context"
	"fmt"
	"net"
	"syscall"
)

// Listen returns a TCP listener for http.Server.Serve whose connections have the
// options of c, and keep-alive probes as those of net.Listen have. On Linux they
// inherit all that from the listening socket, which saves four system calls per
// connection. ctx bounds the look-up of the address only. The caller closes it.
func (c ServerConfig) Listen(ctx context.Context) (net.Listener, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	address := c.Address
	if address == "" {
		address = ":http"
	}
	var lc net.ListenConfig
	if canInheritProbes {
		lc.KeepAlive = -1 // else each connection is told again what it has inherited
	}
	probed := true
	lc.Control = func(network, _ string, raw syscall.RawConn) error {
		probed = !canInheritProbes || inheritProbes(raw) == nil
		if c.TTL == nil {
			return nil
		}
		return controlTTL(network, raw, *c.TTL)
	}
	ln, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("adapter: listen: %w", err)
	}
	if delays := c.NoDelay != nil && !*c.NoDelay; delays || !probed {
		return &tuner{Listener: ln, delays: delays, probes: !probed}, nil
	}
	return ln, nil
}

// controlTTL sets the time to live of a listening socket, which those that it accepts
// inherit.
func controlTTL(network string, raw syscall.RawConn, ttl int) error {
	var failed error
	err := raw.Control(func(fd uintptr) {
		if network == "tcp6" {
			failed = setHopLimit(fd, ttl)
			_ = setTTL(fd, ttl) // for IPv4 clients, where the socket takes them
			return
		}
		failed = setTTL(fd, ttl)
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("adapter: set ttl: %w", err)
	}
	return nil
}

// A tuner is a listener that sets options on each connection it accepts, where it is
// not for the listening socket to hand them down. It keeps none of them.
type tuner struct {
	net.Listener
	delays bool // TCP_NODELAY off: Go switches it on
	probes bool // keep-alive probes, as net.Listen has them
}

// Accept implements net.Listener.
func (l *tuner) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.tune(conn) == nil {
			return conn, nil
		}
		_ = conn.Close() // the client has left meanwhile
	}
}

func (l *tuner) tune(conn net.Conn) error {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	if l.probes {
		_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true}) // as little is net.Listen's to fail
	}
	if !l.delays {
		return nil
	}
	return tcp.SetNoDelay(false)
}

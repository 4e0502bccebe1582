package adapter

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"syscall"
)

// A ServerConfig says where a server listens and with which TCP options. The zero
// value listens on ":http" and leaves all options alone. Its JSON form has
// hyperlane's keys; see [ParseServerConfig].
type ServerConfig struct {
	// Address is the TCP address to listen on, "host:port". "": ":http".
	Address string `json:"address"`
	// NoDelay sets TCP_NODELAY on each connection. nil leaves Go's default, on.
	NoDelay *bool `json:"nodelay"`
	// TTL sets the time to live, or hop limit, of outgoing packets, 1 to 255. nil
	// leaves the system's default.
	TTL *int `json:"ttl"`
}

// ParseServerConfig reads a ServerConfig from hyperlane's JSON form: an object with
// any of the keys address, nodelay and ttl; null means the default. Any other key, and
// a value out of range, is an error that names the key.
func ParseServerConfig(data []byte) (ServerConfig, error) {
	var c ServerConfig
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return ServerConfig{}, fmt.Errorf("adapter: server config: %w", err)
	}
	if dec.More() {
		return ServerConfig{}, fmt.Errorf("adapter: server config: more than one JSON value")
	}
	if err := c.Validate(); err != nil {
		return ServerConfig{}, err
	}
	return c, nil
}

// Validate returns an error that names the first field out of range, by its JSON key.
func (c ServerConfig) Validate() error {
	if c.Address != "" {
		if _, _, err := net.SplitHostPort(c.Address); err != nil {
			return fmt.Errorf("adapter: server config: address: %w", err)
		}
	}
	if c.TTL != nil && (*c.TTL < 1 || *c.TTL > 255) {
		return fmt.Errorf("adapter: server config: ttl: %d is not in 1 to 255", *c.TTL)
	}
	return nil
}

// Listen returns a TCP listener for http.Server.Serve whose connections have the
// options of c. ctx bounds the look-up of the address only. The caller closes it.
func (c ServerConfig) Listen(ctx context.Context) (net.Listener, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	address := c.Address
	if address == "" {
		address = ":http"
	}
	var lc net.ListenConfig
	if c.TTL != nil {
		ttl := *c.TTL
		lc.Control = func(network, _ string, raw syscall.RawConn) error { return controlTTL(network, raw, ttl) }
	}
	ln, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("adapter: listen: %w", err)
	}
	if c.NoDelay == nil {
		return ln, nil
	}
	return &noDelayListener{ln, *c.NoDelay}, nil
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

// noDelayListener sets what Go sets itself on each connection it accepts.
type noDelayListener struct {
	net.Listener
	on bool
}

func (l *noDelayListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		if err := tcp.SetNoDelay(l.on); err != nil {
			_ = conn.Close()
			return l.Accept() // the client has left meanwhile
		}
	}
	return conn, nil
}

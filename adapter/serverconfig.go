package adapter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
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

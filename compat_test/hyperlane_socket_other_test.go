//go:build !linux

package compat_test

import (
	"net"
	"testing"

	"github.com/onramp-go/onramp/adapter"
)

// hyperlaneSocket checks nothing where the names of the options differ.
func hyperlaneSocket(*testing.T, net.Conn, adapter.ServerConfig) {}

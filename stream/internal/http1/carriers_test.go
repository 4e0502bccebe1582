package http1_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A carrier makes connections of one kind.
type carrier struct {
	name string
	open func(t testing.TB) (server, client net.Conn)
}

var carriers = []carrier{
	{"TCP", func(t testing.TB) (net.Conn, net.Conn) {
		s, c := tcpPair(t)
		return s, c
	}},
	{"TLS", tlsPair},
	{"pipe", func(t testing.TB) (net.Conn, net.Conn) {
		s, c := net.Pipe()
		t.Cleanup(func() {
			s.Close()
			c.Close()
		})
		return s, c
	}},
}

// certificate is the one that httptest serves with.
var certificate = sync.OnceValue(func() tls.Certificate {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return s.TLS.Certificates[0]
})

// tlsPair returns both ends of a TLS connection over loopback, hands shaken.
func tlsPair(t testing.TB) (server, client net.Conn) {
	t.Helper()
	rawServer, rawClient := tcpPair(t)
	roots := x509.NewCertPool()
	cert, err := x509.ParseCertificate(certificate().Certificate[0])
	require.NoError(t, err)
	roots.AddCert(cert)
	s := tls.Server(rawServer, &tls.Config{Certificates: []tls.Certificate{certificate()}})
	c := tls.Client(rawClient, &tls.Config{RootCAs: roots, ServerName: "example.com"})
	shaken := later(s.Handshake)
	require.NoError(t, c.Handshake())
	require.NoError(t, <-shaken)
	return s, c
}

package adapter_test

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestServerFirstRequestTimeouts: a client that connects and does not send holds
// nothing for long, and its time does not begin anew with its first byte.
func TestServerFirstRequestTimeouts(t *testing.T) {
	for name, srv := range map[string]*adapter.Server{
		"ReadHeaderTimeout": {ReadHeaderTimeout: short, IdleTimeout: time.Hour},
		"ReadTimeout":       {ReadTimeout: short, IdleTimeout: time.Hour},
		"RequestConfig":     {Options: &adapter.Options{Request: stream.RequestConfig{ReadTimeout: short}}, IdleTimeout: time.Hour},
		"HeaderTimeout":     {Options: &adapter.Options{HeaderTimeout: short}, IdleTimeout: time.Hour},
	} {
		for _, h2c := range []bool{false, true} {
			var p http.Protocols
			p.SetHTTP1(true)
			p.SetUnencryptedHTTP2(h2c)
			own := &adapter.Server{
				Handler: text("answered"), Options: srv.Options, Protocols: &p,
				ReadTimeout: srv.ReadTimeout, ReadHeaderTimeout: srv.ReadHeaderTimeout, IdleTimeout: srv.IdleTimeout,
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := start(t, own, false)
				silent, slow, kept := s.Dial(), s.Dial(), s.Dial()
				slow.Send("GET / HT")
				assert.Equal(t, "answered", kept.Get("/").Text)
				silent.WantEnd()
				assert.Equal(t, http.StatusRequestTimeout, slow.Want("GET").StatusCode)
				slow.WantEnd()
				assert.Equal(t, "answered", kept.Get("/").Text, "idle is something else")
			})
		}
	}
}

// TestServerHandshakeTimeout: neither does one that does not finish its handshake.
func TestServerHandshakeTimeout(t *testing.T) {
	for name, srv := range map[string]*adapter.Server{
		"ReadHeaderTimeout": {ReadHeaderTimeout: short, ReadTimeout: time.Hour},
		"ReadTimeout":       {ReadTimeout: short},
		"WriteTimeout":      {WriteTimeout: short},
		"HeaderTimeout":     {Options: &adapter.Options{HeaderTimeout: short}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv.TLSConfig, _ = certificate()
			s := start(t, srv, true)
			silent, slow := s.Dial(), s.Dial()
			slow.Send("\x16\x03\x01")
			silent.WantEnd()
			slow.WantEnd()
			require.Eventually(t, func() bool { return strings.Count(s.log.String(), "TLS handshake error from ") == 2 }, patience, time.Millisecond)
			// A client that is done with it has its time afresh.
			fast := dialTLS(t, s)
			assert.Equal(t, http.StatusNotFound, fast.Get("/").StatusCode)
		})
	}
}

// TestServerShutdownEndsGreetings: nor does it hold up Shutdown, or Close.
func TestServerShutdownEndsGreetings(t *testing.T) {
	for _, closes := range []bool{false, true} {
		for _, secure := range []bool{false, true} {
			config, _ := certificate()
			var p http.Protocols
			p.SetHTTP1(true)
			p.SetUnencryptedHTTP2(true)
			begun := make(chan net.Conn, 1)
			srv := &adapter.Server{TLSConfig: config, Protocols: &p, ConnState: func(conn net.Conn, state http.ConnState) {
				if state == http.StateNew {
					begun <- conn
				}
			}}
			s := start(t, srv, secure)
			client := s.Dial()
			receive(t, begun, "the connection")
			if closes {
				require.NoError(t, srv.Close())
			} else {
				require.NoError(t, srv.Shutdown(t.Context()))
			}
			_, _ = client.Rest()
		}
	}
}

package adapter_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestServerShutdownOfHalfGreeted: clients that have come some way to show what they speak hold
// up no Close, and a Shutdown no longer than they are bounded by; a request that is under way
// is answered meanwhile.
func TestServerShutdownOfHalfGreeted(t *testing.T) {
	config, pool := certificate()
	sends := func(proto, text string) func(t *testing.T, s *service) {
		return func(t *testing.T, s *service) {
			c := s.Dial()
			if proto == "" {
				c.Send(text)
				return
			}
			conn := tls.Client(c.Conn(), &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", NextProtos: []string{proto}})
			require.NoError(t, conn.Handshake())
			_, err := io.WriteString(conn, text)
			require.NoError(t, err)
		}
	}
	const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	const busy, atOnce, goAway, noPreface = 100 * time.Millisecond, 0, 1500 * time.Millisecond, 11 * time.Second // net/http's, the latter two
	for name, way := range map[string]struct {
		secure bool
		come   func(t *testing.T, s *service)
		most   time.Duration // that Shutdown waits for it
	}{
		"nothing, TLS":                {true, sends("", ""), atOnce},
		"part of a ClientHello":       {true, sends("", "\x16\x03\x01\x02"), atOnce},
		"http/1.1 and nothing":        {true, sends("http/1.1", ""), atOnce},
		"h2 and nothing":              {true, sends("h2", ""), noPreface},
		"h2, half a preface":          {true, sends("h2", preface[:20]), noPreface},
		"h2, a preface":               {true, sends("h2", preface), goAway},
		"nothing":                     {false, sends("", ""), atOnce},
		"one byte of a preface":       {false, sends("", preface[:1]), atOnce},
		"all but a byte of a preface": {false, sends("", preface[:len(preface)-1]), atOnce},
		"a preface":                   {false, sends("", preface), goAway},
		"half a head":                 {false, sends("", "PRI * HTTP/1.1\r\nHo"), adapter.DefaultHeaderTimeout + time.Second},
	} {
		for _, closes := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", Close ", closes), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					all := new(http.Protocols)
					all.SetHTTP1(true)
					all.SetHTTP2(true)
					all.SetUnencryptedHTTP2(true)
					l := newLedger()
					goOn, begun := make(chan struct{}), make(chan struct{}, 1)
					srv := &adapter.Server{TLSConfig: config.Clone(), Protocols: all, Handler: busyService(goOn, begun), Options: &adapter.Options{Observer: l}}
					s := startOver(t, srv, way.secure, nil)
					var c *streamtest.Client
					if way.secure {
						c = dialTLS(t, s, "http/1.1")
					} else {
						c = s.Dial()
					}
					c.Send("GET /busy/written HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
					<-begun
					way.come(t, s)
					synctest.Wait()
					at := time.Now()
					if closes {
						require.NoError(t, srv.Close())
						assert.Zero(t, time.Since(at))
					} else {
						done := make(chan error, 1)
						go func() { done <- srv.Shutdown(t.Context()) }()
						time.Sleep(busy)
						close(goOn)
						assert.Equal(t, "posted", c.Want("GET").Text)
						require.NoError(t, <-done)
						assert.LessOrEqual(t, time.Since(at), busy+way.most)
					}
					synctest.Wait()
					l.settled(t)
				})
			})
		}
	}
}

package adapter_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A deafened connection is that of a client which does not hear what is said to its hello.
type deafened struct{ net.Conn }

func (deafened) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestServerShutdownOfStalledTLS: clients that stall within the handshake, or behind it ahead
// of their first request, hold up neither Shutdown nor Close, whatever of the server's part
// they have left on its way.
func TestServerShutdownOfStalledTLS(t *testing.T) {
	config, pool := certificate()
	trust := func(version uint16) *tls.Config {
		return &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", NextProtos: []string{"http/1.1"}, MaxVersion: version}
	}
	for name, come := range map[string]func(t *testing.T, conn net.Conn, version uint16){
		"ClientHello": func(t *testing.T, conn net.Conn, version uint16) {
			require.ErrorIs(t, tls.Client(deafened{conn}, trust(version)).Handshake(), io.ErrClosedPipe)
		},
		"handshake": func(t *testing.T, conn net.Conn, version uint16) {
			require.NoError(t, tls.Client(conn, trust(version)).Handshake())
		},
	} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			for _, window := range []int{0, 1, 300} {
				for _, closes := range []bool{false, true} {
					t.Run(fmt.Sprint(name, ", ", tls.VersionName(version), ", window ", window, ", Close ", closes), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) {
							l := newLedger()
							srv := &adapter.Server{TLSConfig: config.Clone(), Handler: text("x"), Options: &adapter.Options{Observer: l}}
							s := startOver(t, srv, true, &streamtest.Options{Window: window})
							clients := []*streamtest.Client{s.Dial(), s.Dial(), s.Dial()}
							for _, c := range clients {
								come(t, c.Conn(), version)
							}
							synctest.Wait()
							at := time.Now()
							if closes {
								require.NoError(t, srv.Close())
							} else {
								require.NoError(t, srv.Shutdown(t.Context()))
							}
							assert.Zero(t, time.Since(at), "both count as idle")
							for _, c := range clients {
								_, _ = c.Rest() // there is an end
							}
							synctest.Wait()
							l.settled(t)
						})
					})
				}
			}
		}
	}
}

package adapter_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An announced server is behind a proxy whose connections begin with a line that names
// the client: who asks for its address waits for that line.
type announced struct{ starter }

func (s announced) Serve(l net.Listener) error { return s.starter.Serve(announcing{l}) }

func (s announced) ServeTLS(l net.Listener, certFile, keyFile string) error {
	return s.starter.ServeTLS(announcing{l}, certFile, keyFile)
}

type announcing struct{ net.Listener }

func (l announcing) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &announcedConn{Conn: conn, r: bufio.NewReader(conn)}, nil
}

type announcedConn struct {
	net.Conn
	r    *bufio.Reader
	once sync.Once
	addr net.Addr
}

func (c *announcedConn) RemoteAddr() net.Addr {
	c.once.Do(func() {
		line, _ := c.r.ReadString('\n')
		addr, _ := netip.ParseAddr(strings.TrimSpace(line))
		c.addr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(addr, 1))
	})
	return c.addr
}

func (c *announcedConn) Read(p []byte) (int, error) {
	c.RemoteAddr()
	return c.r.Read(p)
}

// TestServerWaitsForPeer: a connection whose address is not there yet holds up nobody: RemoteAddr
// was called on the goroutine that accepts. Neither does it hold up Shutdown, or Close.
func TestServerWaitsForPeer(t *testing.T) {
	from := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.RemoteAddr) })
	config, _ := certificate()
	for _, secure := range []bool{false, true} {
		for _, limits := range []adapter.AddressLimits{{}, {Conns: 1}} {
			for _, closes := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					var open atomic.Int32
					srv := &adapter.Server{
						Handler: from, TLSConfig: config, Options: &adapter.Options{PerAddress: limits},
						ConnState: func(_ net.Conn, state http.ConnState) {
							switch state {
							case http.StateNew:
								open.Add(1)
							case http.StateClosed:
								open.Add(-1)
							}
						},
					}
					s := startOver(t, announced{srv}, secure, nil)
					dial := func(announce string) *streamtest.Client {
						p := s.Dial().Send(announce + "\n")
						if secure {
							p = dialTLSOver(t, p)
						}
						return p
					}
					silent := s.Dial()
					synctest.Wait()
					second := dial("192.0.2.2")
					assert.Equal(t, "192.0.2.2:1", second.Get("/").Text)
					if limits.Conns > 0 {
						again := s.Dial().Send("192.0.2.2\n")
						again.WantEnd()
						second.Close()
						synctest.Wait()
						second = dial("192.0.2.2")
						assert.Equal(t, "192.0.2.2:1", second.Get("/").Text, "who was refused was not counted")
					}
					if closes {
						require.NoError(t, srv.Close())
					} else {
						require.NoError(t, srv.Shutdown(t.Context()))
					}
					silent.WantEnd()
					second.WantEnd()
					synctest.Wait()
					if limits.Conns > 0 {
						addresses, _ := srv.Adapter().Crowd()
						assert.Zero(t, addresses)
					}
					assert.Zero(t, open.Load(), "each that was new is closed, once")
				})
			}
		}
	}
}

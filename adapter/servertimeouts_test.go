package adapter_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestServerFirstRequestTimeouts: a client that connects and does not send holds
// nothing for long, and its time does not begin anew with its first byte. Neither is
// there more of it for one that may yet turn out to speak HTTP/2.
func TestServerFirstRequestTimeouts(t *testing.T) {
	for name, server := range map[string]func(d time.Duration) *adapter.Server{
		"ReadHeaderTimeout": func(d time.Duration) *adapter.Server { return &adapter.Server{ReadHeaderTimeout: d} },
		"ReadTimeout":       func(d time.Duration) *adapter.Server { return &adapter.Server{ReadTimeout: d} },
		"RequestConfig": func(d time.Duration) *adapter.Server {
			return &adapter.Server{Options: &adapter.Options{Request: stream.RequestConfig{ReadTimeout: d}}}
		},
		"HeaderTimeout": func(d time.Duration) *adapter.Server {
			return &adapter.Server{Options: &adapter.Options{HeaderTimeout: d}}
		},
	} {
		for _, h2c := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " h2c ", h2c), func(t *testing.T) {
				t.Parallel()
				inTime(t, func(t *testing.T, net *streamtest.Options, unit time.Duration) {
					srv := server(unit)
					srv.Handler, srv.IdleTimeout, srv.Protocols = text("answered"), time.Hour, new(http.Protocols)
					srv.Protocols.SetHTTP1(true)
					srv.Protocols.SetUnencryptedHTTP2(h2c)
					s := startOver(t, srv, false, net)
					var kept *streamtest.Client
					inGoodTime(t, net, func() (late bool) {
						kept = s.Dial()
						return !answered(kept, "/")
					})
					start := time.Now()
					s.Dial().WantEnd()
					if net == nil {
						assert.Equal(t, unit, time.Since(start))
					}
					for begun, more := range map[string]string{"GET / HT": "TP/1.1\r\n", "P": "R", "PRI * HTTP/2.0\r\n": ""} {
						inGoodTime(t, net, func() (late bool) {
							start, c := time.Now(), s.Dial()
							_, _ = io.WriteString(c.Conn(), begun)
							if net == nil {
								time.Sleep(unit / 2)
								c.Send(more)
							}
							got, err := c.Next("GET")
							if err != nil {
								return true
							}
							assert.Equal(t, http.StatusRequestTimeout, got.StatusCode)
							c.WantEnd()
							if net == nil {
								assert.Equal(t, unit, time.Since(start))
							}
							return false
						})
					}
					assert.Equal(t, "answered", kept.Get("/").Text, "idle is something else")
				})
			})
		}
	}
}

// TestServerLongHeaderTimeout: a long one is counted by the sweep, from the accept on, too.
func TestServerLongHeaderTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const d, late = 20 * time.Second, 500 * time.Millisecond
		s := startOver(t, &adapter.Server{Handler: text("answered"), ReadHeaderTimeout: d, IdleTimeout: time.Hour}, false, nil)
		start := time.Now()
		silent, slow, slower, kept := s.Dial(), s.Dial(), s.Dial(), s.Dial()
		slow.Send("GET / HT")
		assert.Equal(t, "answered", kept.Get("/").Text)
		time.Sleep(d - time.Second)
		slow.Send("TP/1.1\r\n")
		slower.Send("GET / HT")
		silent.WantEnd()
		for _, c := range []*streamtest.Client{slow, slower} {
			assert.Equal(t, http.StatusRequestTimeout, c.Want("GET").StatusCode)
			c.WantEnd()
		}
		assert.GreaterOrEqual(t, time.Since(start), d)
		assert.LessOrEqual(t, time.Since(start), d+late)
		assert.Equal(t, "answered", kept.Get("/").Text)
	})
}

// TestServerFirstBodyTimeout: ReadTimeout is for the whole of a first request, body
// included, and counts from the accept.
func TestServerFirstBodyTimeout(t *testing.T) {
	for name, request := range map[string]string{
		"length":  "Content-Length: 10\r\n\r\nhalf",
		"chunked": "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
	} {
		for _, h2c := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " h2c ", h2c), func(t *testing.T) {
				t.Parallel()
				inTime(t, func(t *testing.T, net *streamtest.Options, unit time.Duration) {
					body, fault := make(chan string, 1), make(chan error, 1)
					srv := &adapter.Server{ReadTimeout: unit, IdleTimeout: time.Hour, Protocols: new(http.Protocols)}
					srv.Protocols.SetHTTP1(true)
					srv.Protocols.SetUnencryptedHTTP2(h2c)
					srv.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
						p, err := io.ReadAll(r.Body)
						body <- string(p)
						fault <- err
					})
					s := startOver(t, srv, false, net)
					inGoodTime(t, net, func() (late bool) {
						start, c := time.Now(), s.Dial()
						if net == nil {
							time.Sleep(unit / 2)
						}
						_, _ = io.WriteString(c.Conn(), "POST / HTTP/1.1\r\nHost: a\r\n"+request)
						if net == nil {
							assert.Equal(t, "half", receive(t, body, "the handler"))
							assert.Equal(t, unit, time.Since(start))
							body <- "half"
						}
						_, _ = c.Rest() // an answer or none: but an end
						if len(body) == 0 {
							return true // for the handler
						}
						assert.Equal(t, "half", <-body)
						assert.ErrorIs(t, receive(t, fault, "the handler"), os.ErrDeadlineExceeded)
						return false
					})
				})
			})
		}
	}
}

// TestServerHandshakeTimeout: neither does one that does not finish its handshake.
func TestServerHandshakeTimeout(t *testing.T) {
	const d = time.Second
	for name, srv := range map[string]*adapter.Server{
		"ReadHeaderTimeout": {ReadHeaderTimeout: d, ReadTimeout: time.Hour},
		"ReadTimeout":       {ReadTimeout: d},
		"WriteTimeout":      {WriteTimeout: d},
		"HeaderTimeout":     {Options: &adapter.Options{HeaderTimeout: d}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv.TLSConfig, _ = certificate()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				s := startOver(t, srv, true, nil)
				silent, slow := s.Dial(), s.Dial()
				slow.Send("\x16\x03\x01")
				silent.WantEnd()
				slow.WantEnd()
				assert.Equal(t, d, time.Since(start))
				synctest.Wait()
				assert.Equal(t, 2, strings.Count(s.log.String(), "TLS handshake error from "))
				// A client that is done with it has its time afresh.
				fast := dialTLS(t, s)
				assert.Equal(t, http.StatusNotFound, fast.Get("/").StatusCode)
			})
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

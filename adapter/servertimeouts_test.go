package adapter_test

import (
	"fmt"
	"io"
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

// timeouts are the ways to bound the head of a first request.
func timeouts(d time.Duration) map[string]*adapter.Server {
	return map[string]*adapter.Server{
		"ReadHeaderTimeout": {ReadHeaderTimeout: d, IdleTimeout: time.Hour},
		"ReadTimeout":       {ReadTimeout: d, IdleTimeout: time.Hour},
		"RequestConfig":     {Options: &adapter.Options{Request: stream.RequestConfig{ReadTimeout: d}}, IdleTimeout: time.Hour},
		"HeaderTimeout":     {Options: &adapter.Options{HeaderTimeout: d}, IdleTimeout: time.Hour},
	}
}

// TestServerFirstRequestTimeouts: a client that connects and does not send holds
// nothing for long, and its time does not begin anew with its first byte. Neither is
// there more of it for one that may yet turn out to speak HTTP/2.
func TestServerFirstRequestTimeouts(t *testing.T) {
	for name := range timeouts(short) {
		for _, h2c := range []bool{false, true} {
			timed(t, fmt.Sprint(name, " h2c ", h2c), name == "HeaderTimeout", func(t *testing.T, on network, d time.Duration) {
				srv := timeouts(d)[name]
				srv.Handler, srv.Protocols = text("answered"), new(http.Protocols)
				srv.Protocols.SetHTTP1(true)
				srv.Protocols.SetUnencryptedHTTP2(h2c)
				s := startOn(t, on, srv, false)
				since := time.Now()
				kept := dial(t, s)
				assert.Equal(t, "answered", kept.get("/").text)
				silent := dial(t, s)
				var slow []*peer
				for _, begun := range []string{"GET / HT", "P", "PRI * HTTP/2.0\r\n"} {
					slow = append(slow, dial(t, s).send(begun))
				}
				time.Sleep(d / 2)
				slow[0].send("TP/1.1\r\n")
				slow[1].send("R")
				for _, p := range slow {
					assert.Equal(t, http.StatusRequestTimeout, p.want("GET").StatusCode)
					p.ended()
				}
				silent.ended()
				on.took(t, d, since)
				assert.Equal(t, "answered", kept.get("/").text, "idle is something else")
			})
		}
	}
}

// TestServerFirstBodyTimeout: ReadTimeout is for the whole of a first request, body
// included, and counts from the accept.
func TestServerFirstBodyTimeout(t *testing.T) {
	for name, request := range map[string]string{
		"length":  "Content-Length: 10\r\n\r\nhalf",
		"chunked": "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
	} {
		for _, h2c := range []bool{false, true} {
			timed(t, fmt.Sprint(name, " h2c ", h2c), name == "length", func(t *testing.T, on network, d time.Duration) {
				type outcome struct {
					body string
					err  error
				}
				got := make(chan outcome, 1)
				srv := &adapter.Server{ReadTimeout: d, IdleTimeout: time.Hour, Protocols: new(http.Protocols)}
				srv.Protocols.SetHTTP1(true)
				srv.Protocols.SetUnencryptedHTTP2(h2c)
				srv.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					body, err := io.ReadAll(r.Body)
					got <- outcome{string(body), err}
				})
				s := startOn(t, on, srv, false)
				since := time.Now()
				p := dial(t, s)
				time.Sleep(d / 2)
				p.send("POST / HTTP/1.1\r\nHost: a\r\n" + request)
				read := receive(t, got, "the handler")
				assert.Equal(t, "half", read.body)
				assert.True(t, isTimeout(read.err), "%v", read.err)
				on.took(t, d, since)
				_, err := io.ReadAll(p.br) // an answer or none: but an end
				assert.False(t, isTimeout(err), "the connection is still open")
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
			silent, slow := dial(t, s), dial(t, s)
			slow.send("\x16\x03\x01")
			silent.ended()
			slow.ended()
			require.Eventually(t, func() bool { return strings.Count(s.log.String(), "TLS handshake error from ") == 2 }, patience, time.Millisecond)
			// A client that is done with it has its time afresh.
			fast := dialTLS(t, s)
			assert.Equal(t, http.StatusNotFound, fast.get("/").StatusCode)
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
			client := dial(t, s)
			receive(t, begun, "the connection")
			if closes {
				require.NoError(t, srv.Close())
			} else {
				require.NoError(t, srv.Shutdown(t.Context()))
			}
			_, err := io.ReadAll(client.br)
			assert.False(t, isTimeout(err))
		}
	}
}

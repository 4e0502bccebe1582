package adapter_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A starter is what http.Server and adapter.Server have in common.
type starter interface {
	streamtest.Server
	ServeTLS(l net.Listener, certFile, keyFile string) error
}

// A secured server serves TLS.
type secured struct{ starter }

func (s secured) Serve(l net.Listener) error { return s.ServeTLS(l, "", "") }

// start serves srv over TCP until the test ends.
func start(t *testing.T, srv starter, secure bool) *service {
	t.Helper()
	return startOver(t, srv, secure, &streamtest.Options{TCP: true})
}

// startOver is start over any network. In a bubble of synctest it must be memory.
func startOver(t *testing.T, srv starter, secure bool, opts *streamtest.Options) *service {
	t.Helper()
	logged := new(streamtest.Log)
	switch srv := srv.(type) {
	case *adapter.Server:
		if srv.ErrorLog == nil {
			srv.ErrorLog = logged.Logger()
		}
	case *http.Server:
		srv.ErrorLog = logged.Logger()
	}
	if secure {
		srv = secured{srv}
	}
	return &service{streamtest.Serve(t, srv, opts), srv, logged}
}

// certificate is one for 127.0.0.1, and who trusts it.
var certificate = sync.OnceValues(func() (*tls.Config, *x509.CertPool) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	pool := x509.NewCertPool()
	pool.AddCert(srv.Certificate())
	return &tls.Config{Certificates: srv.TLS.Certificates}, pool
})

// dialTLS connects over TLS, offering the protocols.
func dialTLS(t *testing.T, s *service, protos ...string) *streamtest.Client {
	t.Helper()
	p := s.Dial()
	_, pool := certificate()
	conn := tls.Client(p.Conn(), &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", NextProtos: protos})
	require.NoError(t, conn.Handshake())
	return streamtest.NewClient(t, conn, nil)
}

func echo(w http.ResponseWriter, r *http.Request) {
	secure := "plain"
	if r.TLS != nil {
		secure = "TLS"
	}
	body, _ := io.ReadAll(r.Body)
	_, _ = io.WriteString(w, strings.Join([]string{r.Proto, secure, r.URL.Path, string(body)}, " "))
}

func TestServerProtocols(t *testing.T) {
	protocols := func(set ...func(*http.Protocols, bool)) *http.Protocols {
		p := new(http.Protocols)
		for _, f := range set {
			f(p, true)
		}
		return p
	}
	http1, http2, h2c := (*http.Protocols).SetHTTP1, (*http.Protocols).SetHTTP2, (*http.Protocols).SetUnencryptedHTTP2
	for name, tc := range map[string]struct {
		server *http.Protocols
		client *http.Protocols
		secure bool
		want   string // "": no answer
	}{
		"plain":                        {want: "HTTP/1.1 plain", client: protocols(http1)},
		"plain, beside h2c":            {want: "HTTP/1.1 plain", client: protocols(http1), server: protocols(http1, h2c)},
		"plain, only h2c":              {client: protocols(http1), server: protocols(h2c)},
		"plain, only HTTP/2":           {client: protocols(http1), server: protocols(http2)},
		"h2c":                          {want: "HTTP/2.0 plain", client: protocols(h2c), server: protocols(http1, h2c)},
		"h2c, only":                    {want: "HTTP/2.0 plain", client: protocols(h2c), server: protocols(h2c)},
		"h2c, where it is off":         {client: protocols(h2c)},
		"TLS":                          {want: "HTTP/2.0 TLS", client: protocols(http1, http2), secure: true},
		"TLS, HTTP/1 client":           {want: "HTTP/1.1 TLS", client: protocols(http1), secure: true},
		"TLS, HTTP/1 server":           {want: "HTTP/1.1 TLS", client: protocols(http1, http2), server: protocols(http1), secure: true},
		"TLS, HTTP/1 client, only h2":  {client: protocols(http1), server: protocols(http2), secure: true},
		"TLS, h2 client, HTTP/1 alone": {client: protocols(http2), server: protocols(http1), secure: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, pool := certificate()
			s := start(t, &adapter.Server{Handler: http.HandlerFunc(echo), TLSConfig: config, Protocols: tc.server}, tc.secure)
			transport := &http.Transport{Protocols: tc.client, TLSClientConfig: &tls.Config{RootCAs: pool}}
			defer transport.CloseIdleConnections()
			client, scheme := &http.Client{Transport: transport, Timeout: patience}, "http://"
			if tc.secure {
				scheme = "https://"
			}
			for _, path := range []string{"/first", "/second"} {
				resp, err := client.Post(scheme+s.Addr().String()+path, "text/plain", strings.NewReader("body"))
				if tc.want == "" {
					require.Error(t, err)
					return
				}
				require.NoError(t, err)
				got, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
				assert.Equal(t, tc.want+" "+path+" body", string(got))
			}
		})
	}
}

// TestServerOwnTLSListener: Serve speaks what the listener's own configuration offers.
func TestServerOwnTLSListener(t *testing.T) {
	t.Parallel()
	for _, proto := range []string{"", "http/1.1", "h2"} {
		config, pool := certificate()
		config = config.Clone()
		config.NextProtos = []string{"h2", "http/1.1"}
		l, err := tls.Listen("tcp", "127.0.0.1:0", config)
		require.NoError(t, err)
		srv := &adapter.Server{Handler: http.HandlerFunc(echo)}
		done := make(chan error, 1)
		go func() { done <- srv.Serve(l) }()
		client := &tls.Config{RootCAs: pool}
		if proto != "" {
			client.NextProtos = []string{proto}
		}
		transport := &http.Transport{TLSClientConfig: client, ForceAttemptHTTP2: proto == "h2"}
		resp, err := (&http.Client{Transport: transport, Timeout: patience}).Get("https://" + l.Addr().String())
		require.NoError(t, err)
		_ = resp.Body.Close()
		assert.Equal(t, proto == "h2", resp.ProtoMajor == 2)
		transport.CloseIdleConnections()
		require.NoError(t, srv.Shutdown(t.Context()))
		assert.ErrorIs(t, receive(t, done, "Serve"), http.ErrServerClosed)
	}
}

// TestServerFirstRequest: no request has to come before one that cannot be parsed.
func TestServerFirstRequest(t *testing.T) {
	refusing := hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().SetBody(c.RequestError().Status, "text/plain", "refused: "+c.RequestError().Op)
		return hooks.Continue
	})
	for name, tc := range map[string]struct {
		request string
		hooks   hooks.Chain
		status  int
		body    string
	}{
		"plain":         {request: "GET /\r\n\r\n", status: 400, body: "400 Bad Request"},
		"hook":          {request: "GET /\r\n\r\n", status: 400, body: "refused: read request line", hooks: hooks.Chain{refusing}},
		"hook, version": {request: "GET / HTTP/3.0\r\nHost: a\r\n\r\n", status: 505, body: "refused: read request line", hooks: hooks.Chain{refusing}},
		"hook, target":  {request: "GET /" + strings.Repeat("p", 100) + " HTTP/1.1\r\nHost: a\r\n\r\n", status: 414, body: "refused: read request line", hooks: hooks.Chain{refusing}},
	} {
		for _, h2c := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var p http.Protocols
				p.SetHTTP1(true)
				p.SetUnencryptedHTTP2(h2c)
				s := start(t, &adapter.Server{
					Handler: text("never"), Protocols: &p,
					Options: &adapter.Options{RequestErrorHooks: tc.hooks, Request: stream.RequestConfig{MaxPathSize: 80}},
				}, false)
				client := s.Dial()
				got := client.Send(tc.request).Want("GET")
				assert.Equal(t, tc.status, got.StatusCode)
				assert.Equal(t, tc.body, strings.TrimSpace(got.Text))
				client.WantEnd()
			})
		}
	}
}

// TestServerPreface: what was read in the hope of HTTP/2 is not lost to HTTP/1.
func TestServerPreface(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var p http.Protocols
		p.SetHTTP1(true)
		p.SetUnencryptedHTTP2(true)
		s := startOver(t, &adapter.Server{Handler: http.HandlerFunc(echo), Protocols: &p}, false, nil)
		for _, method := range []string{"GET", "P", "PRI", "PRIX", "POST"} {
			for _, cut := range []int{0, 1, 2, 3, 4, 30} {
				request := method + " /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
				client := s.Dial().Send(request[:cut])
				synctest.Wait() // the rest comes by itself
				assert.Equal(t, "HTTP/1.1 plain /x body", client.Send(request[cut:]).Want(method).Text)
				assert.Equal(t, "HTTP/1.1 plain /y ", client.Get("/y").Text)
			}
		}
	})
}

// TestServerPlainOnTLS: as net/http has it.
func TestServerPlainOnTLS(t *testing.T) {
	t.Parallel()
	config, _ := certificate()
	s := start(t, &adapter.Server{Handler: text("never"), TLSConfig: config}, true)
	client := s.Dial()
	got := client.Get("/")
	assert.Equal(t, http.StatusBadRequest, got.StatusCode)
	assert.Equal(t, "Client sent an HTTP request to an HTTPS server.\n", got.Text)
	client.CloseWrite()
	client.WantEnd()
	require.Eventually(t, func() bool {
		return strings.Contains(s.log.String(), "TLS handshake error from "+client.Conn().LocalAddr().String()+": client sent an HTTP request to an HTTPS server")
	}, patience, time.Millisecond)
}

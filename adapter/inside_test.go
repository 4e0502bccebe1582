package adapter_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Requests that are there as a whole are served within the wait for them, where nobody
// can read from the connection and a close would wait for the handler. None of that may
// be felt. tcp is such a service.
func tcp(t *testing.T, h http.Handler) (*adapter.Server, *streamtest.Service) {
	t.Helper()
	srv := &adapter.Server{Handler: h}
	return srv, streamtest.Serve(t, srv, &streamtest.Options{TCP: true})
}

// warm returns a client whose next request is not the first.
func warm(s *streamtest.Service) *streamtest.Client {
	c := s.Dial()
	c.Get("/")
	c.Get("/")
	return c
}

// TestCloseFromWithin: whoever gets the connection from the Stream may close it, and the
// hook goes on.
func TestCloseFromWithin(t *testing.T) {
	t.Parallel()
	closed := make(chan error, 1)
	mux := http.NewServeMux()
	mux.Handle("/", text("ok"))
	mux.Handle("/close", adapter.Handler(hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
		conn, err := s.NetConn()
		must("NetConn", err, nil)
		closed <- conn.Close()
		return hooks.Reject
	})))
	_, s := tcp(t, mux)
	c := warm(s)
	c.Send("GET /close HTTP/1.1\r\nHost: a\r\n\r\n")
	require.NoError(t, receive(t, closed, "the close"))
	c.WantEnd()
}

// TestServerCloseDoesNotWait: for a handler, that is; the client learns of it at once.
func TestServerCloseDoesNotWait(t *testing.T) {
	t.Parallel()
	begun, goOn := make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.Handle("/", text("ok"))
	mux.HandleFunc("/busy", func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		<-goOn
	})
	srv, s := tcp(t, mux)
	c := warm(s)
	c.Send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n")
	receive(t, begun, "the handler")
	require.NoError(t, srv.Close())
	_, _ = c.Rest()
	close(goOn)
	require.NoError(t, srv.Shutdown(context.Background()))
}

// A custodian is a listener that knows the connections it has accepted.
type custodian struct {
	net.Listener
	kept chan net.Conn
}

func (l *custodian) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.kept <- conn
	}
	return conn, err
}

// TestCloseByListener: a listener that closes what it has accepted need not wait for a
// handler.
func TestCloseByListener(t *testing.T) {
	for name, serve := range map[string]func(h http.Handler) streamtest.Server{
		"Server": func(h http.Handler) streamtest.Server { return &adapter.Server{Handler: h} },
		"Eager": func(h http.Handler) streamtest.Server {
			a := adapt(t, &adapter.Options{Takeover: adapter.Eager})
			srv := &http.Server{Handler: a.Wrap(h)}
			a.Register(srv)
			return srv
		},
	} {
		t.Run(name, func(t *testing.T) {
			begun, goOn := make(chan struct{}), make(chan struct{})
			mux := http.NewServeMux()
			mux.Handle("/", text("ok"))
			mux.HandleFunc("/busy", func(http.ResponseWriter, *http.Request) {
				close(begun)
				<-goOn
			})
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			kept := make(chan net.Conn, 1)
			srv, done := serve(mux), make(chan error, 1)
			go func() { done <- srv.Serve(&custodian{l, kept}) }()
			conn, err := net.Dial("tcp", l.Addr().String())
			require.NoError(t, err)
			c := streamtest.NewClient(t, conn, nil)
			c.Get("/")
			c.Get("/")
			c.Send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n")
			receive(t, begun, "the handler")
			own := receive(t, kept, "the connection")
			closed := make(chan error, 1)
			go func() { closed <- own.Close() }()
			assert.NoError(t, receive(t, closed, "the close"))
			close(goOn)
			_, _ = c.Rest()
			require.NoError(t, srv.Shutdown(t.Context()))
			assert.ErrorIs(t, receive(t, done, "Serve"), http.ErrServerClosed)
		})
	}
}

// TestHijackFromWithin: a request that does not ask for an upgrade gets the connection,
// too, with what came behind it and with its socket as it was.
func TestHijackFromWithin(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle("/", text("ok"))
	mux.HandleFunc("/hijack", func(w http.ResponseWriter, r *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if !assert.NoError(t, err) {
			return
		}
		defer conn.Close()
		assert.IsType(t, &net.TCPConn{}, conn)
		assert.Equal(t, r.RemoteAddr, conn.RemoteAddr().String())
		p := make([]byte, 8)
		_, err = io.ReadFull(rw, p)
		assert.NoError(t, err)
		_, err = conn.Write(p)
		assert.NoError(t, err)
		assert.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
		_, err = conn.Read(p)
		assert.Equal(t, io.EOF, err)
	})
	_, s := tcp(t, mux)
	for range 10 {
		c := warm(s)
		c.Send("GET /hijack HTTP/1.1\r\nHost: a\r\n\r\nleft")
		c.Send("more")
		c.WantBytes("leftmore")
		c.CloseWrite()
		c.WantEnd()
	}
}

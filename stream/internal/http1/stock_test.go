package http1_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A seen is what one server made of one request.
type seen struct {
	Method, RequestURI, Proto, Host string
	Major, Minor                    int
	URL                             url.URL
	Header                          http.Header
	ContentLength                   int64
	TransferEncoding                []string
	Close                           bool
	Announced                       http.Header // Trailer before the body was read
	Body                            string
	BodyBad                         bool
	Trailer                         http.Header // and after
}

func see(r *http.Request, body io.Reader) seen {
	s := seen{
		Method: r.Method, RequestURI: r.RequestURI, Proto: r.Proto, Host: r.Host,
		Major: r.ProtoMajor, Minor: r.ProtoMinor,
		URL: *r.URL, Header: r.Header.Clone(), ContentLength: r.ContentLength,
		TransferEncoding: r.TransferEncoding, Close: r.Close, Announced: maps.Clone(r.Trailer),
	}
	all, err := io.ReadAll(body)
	s.Body, s.BodyBad, s.Trailer = string(all), err != nil, r.Trailer
	return s
}

// ours reads a request as this package does.
func ours(in string) (seen, error) {
	br := bufio.NewReader(strings.NewReader(in))
	r, err := http1.ReadRequest(br, &wide)
	if err != nil {
		return seen{}, err
	}
	if b := http1.NewBody(br, r, &wide); b != nil {
		r.Body = b
	}
	return see(r, r.Body), nil
}

// A stock is a http.Server that is fed strings in the place of connections.
type stock struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

type scriptKey struct{}

func newStock(t testing.TB) *stock {
	s := &stock{conns: make(chan net.Conn), done: make(chan struct{})}
	srv := &http.Server{
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, scriptKey{}, c)
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := r.Context().Value(scriptKey{}).(*script)
			c.seen = append(c.seen, see(r, r.Body))
		}),
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(s)
	}()
	t.Cleanup(func() {
		require.NoError(t, srv.Close())
		<-served
	})
	return s
}

func (s *stock) Accept() (net.Conn, error) {
	select {
	case c := <-s.conns:
		return c, nil
	case <-s.done:
		return nil, net.ErrClosed
	}
}

func (s *stock) Close() error {
	s.once.Do(func() { close(s.done) })
	return nil
}

func (s *stock) Addr() net.Addr { return &net.TCPAddr{} }

// read has the server read in. It returns the requests that were dispatched and
// the status of the last response, 0 for none.
func (s *stock) read(in string) ([]seen, int) {
	c := &script{in: strings.NewReader(in), closed: make(chan struct{})}
	s.conns <- c
	<-c.closed
	br := bufio.NewReader(&c.out)
	last := 0
	for i := 0; ; i++ {
		var req *http.Request
		if i < len(c.seen) {
			req = &http.Request{Method: c.seen[i].Method}
		}
		resp, err := http.ReadResponse(br, req)
		if err != nil {
			return c.seen, last
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		last = resp.StatusCode
	}
}

// A script is a connection that gives its input, then io.EOF.
type script struct {
	in     *strings.Reader
	seen   []seen
	out    bytes.Buffer
	once   sync.Once
	closed chan struct{}

	mu sync.Mutex // the server reads in the background as well
}

func (c *script) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.in.Read(p)
}

func (c *script) Write(p []byte) (int, error) { return c.out.Write(p) }

func (c *script) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

func (c *script) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *script) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *script) SetDeadline(time.Time) error      { return nil }
func (c *script) SetReadDeadline(time.Time) error  { return nil }
func (c *script) SetWriteDeadline(time.Time) error { return nil }

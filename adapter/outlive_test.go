package adapter_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBodyAfterHijack: the body's reader went back to the pool, and a handler that read
// on got the bytes of another connection.
func TestBodyAfterHijack(t *testing.T) {
	t.Parallel()
	result := make(chan error, 1)
	s := serve(t, adapt(t, &adapter.Options{Takeover: adapter.Eager}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		must("hijack", err, nil)
		defer conn.Close()
		_, err = r.Body.Read(make([]byte, 10))
		result <- err
	})), nil)
	s.Dial().Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nabc")
	assert.ErrorIs(t, receive(t, result, "the read"), http.ErrBodyReadAfterClose)
}

// TestStrippedBodyIsNoRequest: middleware took the body away from the request, but it
// is on the wire all the same and became the next request.
func TestStrippedBodyIsNoRequest(t *testing.T) {
	t.Parallel()
	for name, strip := range map[string]func(*http.Request){
		"NoBody and length": func(r *http.Request) { r.Body, r.ContentLength = http.NoBody, 0 },
		"nil":               func(r *http.Request) { r.Body = nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			route := adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
				c.Response().Body = []byte(c.Request().URL.Path)
				must("send", s.Send(c.Response().Build()), nil)
				return hooks.Continue
			}))
			s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r = r.Clone(r.Context()) // net/http itself trips over a change of its own request
				strip(r)
				route.ServeHTTP(w, r)
			}), nil)
			inner := "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
			p := s.Dial().Send(fmt.Sprintf("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", len(inner), inner))
			assert.Equal(t, "/", p.Want("POST").Text)
			assert.Equal(t, "/next", p.Get("/next").Text)
		})
	}
}

// TestAnsweredStaysAnswered: SetClosed(false) opened a Stream again whose staged answer
// was out already, and a second response followed it.
func TestAnsweredStaysAnswered(t *testing.T) {
	t.Parallel()
	kept := make(chan *stream.Stream, 1)
	answered := hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
		_, err := s.NetConn() // opens the Stream and sends nothing
		must("open", err, nil)
		c.Response().Body = []byte(strings.Repeat("x", 5000))
		kept <- s
		return hooks.Continue
	})
	second := make(chan error, 1)
	a := adapt(t, nil)
	s := serve(t, a.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		middleware.Request()(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			adapter.Handler(answered).ServeHTTP(w, r)
			s := <-kept // the exchange goes on until Wrap ends it
			s.SetClosed(false)
			second <- s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL"))
		})).ServeHTTP(w, r)
	})), nil)
	p := s.Dial()
	assert.Len(t, p.Get("/").Text, 5000)
	assert.ErrorIs(t, receive(t, second, "the second send"), stream.ErrBegun)
	assert.Len(t, p.Get("/").Text, 5000)
}

// TestRefusedSendKeepsItsHead: what response hooks had made of the head was lost when
// the send that brought it was refused, and tried again.
func TestRefusedSendKeepsItsHead(t *testing.T) {
	t.Parallel()
	for _, mode := range []adapter.Takeover{adapter.OnDemand, adapter.Eager, adapter.Never} {
		stamp := hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Header.Add("X-Frame-Options", "DENY")
			return hooks.Continue
		})
		a := adapt(t, &adapter.Options{Takeover: mode, QueueSize: 100, ResponseHooks: hooks.Chain{stamp}})
		s := serve(t, a.Wrap(adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = []byte(strings.Repeat("x", 200))
			p := c.Response().Build()
			must("too large", s.TrySend(p), stream.ErrBufferFull)
			must("send", s.Send(p), nil)
			return hooks.Continue
		}))), nil)
		p := s.Dial()
		for range 2 {
			got := p.Get("/")
			assert.Equal(t, []string{"DENY"}, got.Header.Values("X-Frame-Options"), "mode %d", mode)
			assert.Len(t, got.Text, 200)
		}
	}
}

// A curious writer asks the Stream while the Stream sends through it.
type curious struct {
	http.ResponseWriter
	s *stream.Stream
}

func (w curious) WriteHeader(code int) {
	_, _ = w.s.Queued(), w.s.Closed()
	w.ResponseWriter.WriteHeader(code)
}

func (w curious) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// TestWriterMayAskTheStream: TrySend called middleware's WriteHeader with its lock held.
func TestWriterMayAskTheStream(t *testing.T) {
	t.Parallel()
	var outer *stream.Stream
	route := adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Body = []byte("sent")
		must("send", s.TrySend(c.Response().Build()), nil)
		return hooks.Continue
	}))
	note := hook(func(s *stream.Stream, _ *stream.Context) hooks.Status { outer = s; return hooks.Continue })
	h := middleware.Request(note)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route.ServeHTTP(curious{w, outer}, r)
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	assert.Equal(t, "sent", w.Body.String())
}

// TestLoopGoesOnWatching: from the second request of a NextRequest loop on nobody looked
// out for the client, if the Stream's context had been asked for before.
func TestLoopGoesOnWatching(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	s := serve(t, adapt(t, nil).Wrap(adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
		done := s.Context().Done()
		must("send", s.Send(c.Response().Build()), nil)
		_, err := s.NextRequest()
		must("next", err, nil)
		<-done
		close(ended)
		return hooks.Reject
	}))), nil)
	p := s.Dial()
	p.Get("/")
	p.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").CloseWrite()
	receive(t, ended, "the end of the context")
}

// TestNobodyWatchesBesideTheReader: a context asked for while NextRequest read a head
// started the watch on the same reader, and took the head's time-out away.
func TestNobodyWatchesBesideTheReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin, result := make(chan struct{}), make(chan error, 1)
		a := adapt(t, nil)
		s := serveOver(t, a.Wrap(adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
			must("send", s.Send(c.Response().Build()), nil)
			go func() {
				<-begin
				s.Context().Done()
			}()
			_, err := s.NextRequest()
			result <- err
			return hooks.Reject
		}))), &http.Server{ReadHeaderTimeout: time.Second}, nil)
		p := s.Dial()
		p.Get("/")
		p.Send("GET / HTTP/1.1\r\nHost: ")
		synctest.Wait() // the half is read
		close(begin)
		assert.Equal(t, http.StatusRequestTimeout, p.Want("GET").StatusCode)
		var bad *stream.RequestError
		require.ErrorAs(t, <-result, &bad)
		assert.Equal(t, http.StatusRequestTimeout, bad.Status)
	})
}

// A taped connection keeps what was read from it.
type taped struct {
	net.Conn
	tape []byte
}

func (c *taped) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.tape = append(c.tape, p[:n]...)
	return n, err
}

// TestCloseNotify: TLS connections ended without close_notify, which makes the end of a
// body that ends with its connection look like a truncation (RFC 8446, section 6.1).
func TestCloseNotify(t *testing.T) {
	t.Parallel()
	a := adapt(t, &adapter.Options{Takeover: adapter.Eager})
	srv := httptest.NewUnstartedServer(a.Wrap(adapter.Handler(hook(func(s *stream.Stream, _ *stream.Context) hooks.Status {
		must("send", s.Send([]byte("HTTP/1.1 200 OK\r\n\r\nends with the connection")), nil)
		return hooks.Continue
	}))))
	srv.StartTLS()
	t.Cleanup(srv.Close)
	raw, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	tape := &taped{Conn: raw}
	config := srv.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName, config.MaxVersion = "example.com", tls.VersionTLS12 // whose records show their type
	conn := tls.Client(tape, config)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	require.NoError(t, err)
	_, err = io.ReadAll(conn)
	require.NoError(t, err)
	var last byte
	for p := tape.tape; len(p) > 5; p = p[5+int(p[3])<<8+int(p[4]):] {
		last = p[0]
	}
	const alert = 21
	assert.EqualValues(t, alert, last, "the type of the last record")
}

package compat_test

import (
	"bufio"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The files hyperlane_*_test.go hold what hyperlane's own documentation shows of
// connections, written for onramp: who comes from there must find that each works.

// hyperlanePatience is how long a client waits for what must come.
const hyperlanePatience = 10 * time.Second

// A hyperlaneCarrier is a way to serve a hook over HTTP/1.x.
type hyperlaneCarrier struct {
	name string
	wrap func(opts adapter.Options, next http.Handler) http.Handler
	raw  bool // the connection can be taken over
}

func hyperlaneCarriers() []hyperlaneCarrier {
	under := func(t adapter.Takeover) func(adapter.Options, http.Handler) http.Handler {
		return func(opts adapter.Options, next http.Handler) http.Handler {
			opts.Takeover = t
			return adapter.New(&opts).Wrap(next)
		}
	}
	return []hyperlaneCarrier{
		{name: "OnDemand", wrap: under(adapter.OnDemand), raw: true},
		{name: "Eager", wrap: under(adapter.Eager), raw: true},
		{name: "Never", wrap: under(adapter.Never)},
	}
}

// A hyperlaneClient is the client's end of a connection.
type hyperlaneClient struct {
	t    *testing.T
	conn *net.TCPConn
	br   *bufio.Reader
}

// hyperlaneServe serves h until the test ends and connects to it.
func hyperlaneServe(t *testing.T, h http.Handler) *hyperlaneClient {
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), hyperlanePatience)
		defer cancel()
		assert.NoError(t, srv.Config.Shutdown(ctx))
		srv.Close()
	})
	return hyperlaneDial(t, srv.Listener.Addr().String())
}

func hyperlaneDial(t *testing.T, addr string) *hyperlaneClient {
	conn, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(hyperlanePatience)))
	return &hyperlaneClient{t, conn.(*net.TCPConn), bufio.NewReader(conn)}
}

// say sends requests as they are written, but with CRLF for line feeds.
func (c *hyperlaneClient) say(text string) {
	_, err := io.WriteString(c.conn, strings.ReplaceAll(text, "\n", "\r\n"))
	require.NoError(c.t, err)
}

func (c *hyperlaneClient) get(path string) { c.say("GET " + path + " HTTP/1.1\nHost: a\n\n") }

// hear reads one response and its body.
func (c *hyperlaneClient) hear() (*http.Response, string) {
	c.t.Helper()
	resp, err := http.ReadResponse(c.br, nil)
	require.NoError(c.t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(c.t, err)
	return resp, string(body)
}

// body reads one response and returns its body.
func (c *hyperlaneClient) body() string {
	c.t.Helper()
	_, body := c.hear()
	return body
}

// end checks that nothing follows and the connection ends.
func (c *hyperlaneClient) end() {
	c.t.Helper()
	rest, err := io.ReadAll(c.br)
	assert.NoError(c.t, err)
	assert.Empty(c.t, string(rest))
}

// hyperlaneElsewhere runs test over HTTP/2 and a recorder, which have no connection
// of their own: ask makes one request.
func hyperlaneElsewhere(t *testing.T, h http.Handler, test func(t *testing.T, ask func(*http.Request) *http.Response)) {
	t.Run("HTTP/2", func(t *testing.T) {
		t.Parallel()
		srv := httptest.NewUnstartedServer(h)
		srv.Config.ErrorLog = log.New(io.Discard, "", 0)
		srv.EnableHTTP2 = true
		srv.StartTLS()
		defer srv.Close()
		test(t, func(r *http.Request) *http.Response {
			r.URL.Scheme, r.URL.Host, r.RequestURI = "https", srv.Listener.Addr().String(), ""
			resp, err := srv.Client().Transport.RoundTrip(r)
			require.NoError(t, err)
			require.Equal(t, 2, resp.ProtoMajor)
			t.Cleanup(func() { resp.Body.Close() })
			return resp
		})
	})
	t.Run("Recorder", func(t *testing.T) {
		t.Parallel()
		test(t, func(r *http.Request) *http.Response {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Result()
		})
	})
}

// hyperlaneBody reads the body of a response.
func hyperlaneBody(t *testing.T, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body)
}

type hyperlaneHook = func(*stream.Stream, *stream.Context) hooks.Status

// hyperlaneRoute is a function as a route.
func hyperlaneRoute(hook hyperlaneHook) http.Handler { return adapter.Handler(hooks.HookFunc(hook)) }

package adapter_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type nextProto = map[string]func(*http.Server, *tls.Conn, http.Handler)

// TestServerNextProto: a protocol of the application's own is served by it, with the
// Handler and its hooks. The connection was closed for want of a field of http.Server's.
func TestServerNextProto(t *testing.T) {
	t.Parallel()
	config, pool := certificate()
	config = config.Clone()
	config.NextProtos = []string{"shout/1"}
	noted := newStates()
	own := nextProto{"shout/1": func(srv *http.Server, conn *tls.Conn, h http.Handler) {
		assert.NotNil(t, srv)
		line, err := bufio.NewReader(conn).ReadString('\n')
		assert.NoError(t, err)
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/"+line[:len(line)-1], nil)
		r.RemoteAddr, r.TLS = "", nil
		h.ServeHTTP(w, r)
		_, _ = io.WriteString(conn, w.Header().Get("Hooked")+" "+w.Body.String())
	}}
	s := start(t, &adapter.Server{
		TLSConfig: config, TLSNextProto: own, ConnState: noted.note,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			assert.NotNil(t, r.TLS)
			assert.NotEmpty(t, r.RemoteAddr)
			_, _ = io.WriteString(w, r.URL.Path)
		}),
		Options: &adapter.Options{RequestHooks: hooks.Chain{hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Header.Set("Hooked", "yes")
			return hooks.Continue
		})}},
	}, true)
	conn := tls.Client(s.Dial().Conn(), &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", NextProtos: []string{"shout/1"}})
	_, err := io.WriteString(conn, "loud\n")
	require.NoError(t, err)
	got, err := io.ReadAll(conn)
	require.NoError(t, err, "the function's return ends the connection")
	assert.Equal(t, "yes /loud", string(got))
	assert.Equal(t, []string{"new", "closed"}, noted.wait(t, 2))
	assert.Equal(t, "HTTP/1.1", dialTLS(t, s, "http/1.1").Get("/").Proto)
	assert.Len(t, own, 1, "the map is the caller's")
}

// TestServerNextProtoHTTP2: an application that sets the map decides about HTTP/2, as its
// habit is to switch it off with one that is empty.
func TestServerNextProtoHTTP2(t *testing.T) {
	both := new(http.Protocols)
	both.SetHTTP1(true)
	both.SetHTTP2(true)
	refuse := func(_ *http.Server, conn *tls.Conn, _ http.Handler) { _, _ = io.WriteString(conn, "own") }
	for name, tc := range map[string]struct {
		next      nextProto
		protocols *http.Protocols
		want      string // the protocol that is chosen
		own       bool
	}{
		"nil":                      {want: "h2"},
		"empty":                    {next: nextProto{}, want: "http/1.1"},
		"empty, but Protocols":     {next: nextProto{}, protocols: both, want: "h2"},
		"another":                  {next: nextProto{"shout/1": refuse}, want: "http/1.1"},
		"HTTP/2 of an application": {next: nextProto{"h2": refuse}, want: "h2", own: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, pool := certificate()
			s := start(t, &adapter.Server{Handler: text("x"), TLSConfig: config, TLSNextProto: tc.next, Protocols: tc.protocols}, true)
			conn := tls.Client(s.Dial().Conn(), &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", NextProtos: []string{"h2", "http/1.1"}})
			require.NoError(t, conn.Handshake())
			assert.Equal(t, tc.want, conn.ConnectionState().NegotiatedProtocol)
			if tc.own {
				got, err := io.ReadAll(conn)
				require.NoError(t, err)
				assert.Equal(t, "own", string(got))
			}
		})
	}
}

package compat_test

import (
	"context"
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// modes say what came before the case's request on its connection.
var modes = []string{"first", "second", "pipelined"}

// TestHTTP1 compares every case on every carrier of HTTP/1.x with bare.
func TestHTTP1(t *testing.T) {
	t.Parallel()
	for _, hc := range table() {
		t.Run(hc.name, func(t *testing.T) {
			t.Parallel()
			met, runs := map[string]bool{}, 0
			modes := modes
			if hc.slow {
				modes = []string{"second"}
			}
			for _, mode := range modes {
				want := runHTTP1(t, &hc, bare, mode)
				requireShown(t, &hc, want)
				for _, c := range carriers() {
					if c.tls {
						continue
					}
					t.Run(mode+"/"+c.name, func(t *testing.T) {
						runs++
						if k := compare(t, &hc, c, want, runHTTP1(t, &hc, c, mode)); k != nil {
							met[k.on] = true
						}
					})
				}
			}
			if runs == len(modes)*(len(carriers())-1) { // and not only a part that was asked for
				requireNeeded(t, &hc, met)
			}
		})
	}
}

// TestHTTP1OverTLS does the same where the connection is no socket. One mode
// is enough: what differs is below the parser.
func TestHTTP1OverTLS(t *testing.T) {
	t.Parallel()
	bareTLS := carrier{name: "bare TLS", mount: bare.mount, tls: true}
	for _, hc := range table() {
		if hc.slow {
			continue // its clock would run during the handshake
		}
		t.Run(hc.name, func(t *testing.T) {
			t.Parallel()
			want := runHTTP1(t, &hc, bareTLS, "second")
			for _, c := range carriers() {
				if c.tls {
					t.Run(c.name, func(t *testing.T) {
						compare(t, &hc, c, want, runHTTP1(t, &hc, c, "second"))
					})
				}
			}
		})
	}
}

// elsewhere compares every case that is not of a connection of HTTP/1.x alone, on every
// carrier, with bare. run plays one, and returns all there was to see.
func elsewhere(t *testing.T, run func(t *testing.T, hc *handlerCase, c carrier) string) {
	for _, hc := range table() {
		if !hc.anywhereElse() {
			continue
		}
		t.Run(hc.name, func(t *testing.T) {
			t.Parallel()
			want := run(t, &hc, bare)
			require.NotContains(t, want, timedOut)
			for _, c := range carriers() {
				if c.tls {
					continue
				}
				t.Run(c.name, func(t *testing.T) {
					compare(t, &hc, c, want, run(t, &hc, c))
				})
			}
		})
	}
}

// requireShown fails a case that does not do on the bare server what it is
// there for.
func requireShown(t *testing.T, hc *handlerCase, outcome string) {
	t.Helper()
	require.NotContains(t, outcome, timedOut)
	require.NotContains(t, outcome, "a handler never ended")
	require.NotContains(t, outcome, "nobody opened the gate")
	for _, fragment := range hc.shows {
		require.Contains(t, outcome, fragment)
	}
	for _, kind := range hc.logs {
		require.Contains(t, outcome, "log: "+kind)
	}
}

// runHTTP1 plays a case over a carrier and returns all there was to see.
func runHTTP1(t *testing.T, hc *handlerCase, c carrier, mode string) string {
	n := newNotes(true)
	if c.patience != 0 {
		n.patience = c.patience
	}
	errors := newErrorLog()
	m := c.mount(hc, root(t, hc, n))
	srv := &http.Server{Handler: m.handler, ErrorLog: log.New(errors, "", 0)}
	withContexts(srv)
	if hc.server != nil {
		hc.server(srv)
	}
	m.register(srv)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	n.server, n.local = srv, ln.Addr().String()
	var own interface {
		Serve(net.Listener) error
		Close() error
	} = srv
	if m.server != nil {
		like(m.server, srv, n)
		own = m.server
	}
	var serving sync.WaitGroup
	if c.tls {
		ln = tls.NewListener(ln, serverTLS())
	}
	serving.Go(func() { own.Serve(ln) })

	conn, err := net.Dial("tcp", n.local)
	require.NoError(t, err)
	n.peer = conn.LocalAddr().String()
	if c.tls {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
	}
	talk(hc, newConversation(conn, n), mode)
	n.settle()
	kinds := errors.settle(len(hc.logs), n.patience)

	ctx, cancel := contextWithPatience()
	defer cancel()
	assert.NoError(t, m.shutdown(ctx), "shutdown")
	assert.NoError(t, own.Close(), "close")
	serving.Wait()
	return outcome(hc, n, kinds)
}

// talk plays the client and leaves what it saw in the notes.
func talk(hc *handlerCase, c *conversation, mode string) {
	defer func() {
		if hc.anyChunks {
			c.seen = withoutChunks(c.seen)
		}
		c.notes.seen = c.seen
	}()
	defer c.close()
	switch mode {
	case "second":
		c.send(plain(warmPath))
		c.answer("GET")
		c.saw("-- the case")
	case "pipelined":
		c.prefix = plain(warmPath)
	}
	if hc.talk != nil {
		hc.talk(c)
		return
	}
	c.exchange(hc.request)
}

// outcome is everything that is compared, in a form that makes for a readable
// diff.
func outcome(hc *handlerCase, n *notes, kinds []string) string {
	var b strings.Builder
	for _, line := range n.seen {
		b.WriteString("client: " + line + "\n")
	}
	for _, line := range n.list() {
		b.WriteString("handler: " + line + "\n")
	}
	for _, kind := range kinds {
		b.WriteString("log: " + kind + "\n")
	}
	if hc.normalise != nil {
		return hc.normalise(b.String())
	}
	return b.String()
}

// serverTLS is a configuration with a certificate.
var serverTLS = sync.OnceValue(func() *tls.Config {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	return &tls.Config{Certificates: srv.TLS.Certificates}
})

func contextWithPatience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}

// TestTable keeps the table from rotting: names are unique, and each case
// shows what it is there for.
func TestTable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, hc := range table() {
		assert.False(t, seen[hc.name], "two cases are called %q", hc.name)
		seen[hc.name] = true
		assert.NotEmpty(t, hc.shows, "%s shows nothing", hc.name)
		assert.NotEqual(t, hc.serve == nil, hc.build == nil, "%s wants one of serve and build", hc.name)
	}
	for name := range known {
		assert.True(t, seen[name], "a difference is known of %q, which is no case", name)
	}
	t.Logf("%d cases on %d carriers", len(seen), len(carriers()))
}
